// Jest cannot load ES modules natively once a CommonJS package requires Nest, so every tier is compiled
// to CommonJS by swc, node_modules included (docs/decisions/0001-*.md).
const base = {
  testEnvironment: 'node',
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
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  moduleFileExtensions: ['ts', 'js', 'cjs', 'mjs', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.postern/'],
};
const tier = (displayName, testMatch, more = {}) => ({ ...base, displayName, testMatch, ...more });

module.exports = {
  projects: [
    tier('small', ['<rootDir>/src/**/*.spec.ts', '<rootDir>/emulator/**/*.spec.ts']),
  ],
};
