// Jest cannot load ES modules natively once a CommonJS package requires Nest, so every tier is compiled
// to CommonJS by swc, node_modules included (docs/decisions/0001-*.md).
const base = {
  testEnvironment: '<rootDir>/test/support/closed-handles.environment.cjs',
  transform: {
    '^.+\\.[cm]?[jt]sx?$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // It exports itself to `import` only, and here everything is required.
    '^canonicalize$': '<rootDir>/node_modules/canonicalize/lib/canonicalize.js',
  },
  moduleFileExtensions: ['ts', 'js', 'cjs', 'mjs', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.postern/'],
};
/** A tier of docs: its files, and how long one of its tests may take: a safety net, never what a test asserts. */
const tier = (displayName, seconds, testMatch) => ({
  ...base,
  displayName,
  testMatch: testMatch.map((pattern) => `<rootDir>/${pattern}`),
  globals: { tierSeconds: seconds },
  setupFilesAfterEnv: ['<rootDir>/test/support/tier-timeout.cjs'],
});

module.exports = {
  testSequencer: '<rootDir>/test/support/slowest-first.sequencer.cjs',
  projects: [
    tier('small', 60, ['src/**/*.spec.ts', 'emulator/**/*.spec.ts', 'launch/**/*.spec.ts']),
    tier('architecture', 180, ['test/architecture/**/*.spec.ts']),
    tier('medium', 180, ['test/medium/**/*.spec.ts', 'test/owasp/**/*.spec.ts']),
    tier('contract', 120, ['test/contract/**/*.spec.ts']),
    tier('migrations', 120, ['test/migrations/**/*.spec.ts']),
    tier('e2e', 300, ['test/e2e/**/*.spec.ts']),
  ],
};
