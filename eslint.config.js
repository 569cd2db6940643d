import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';
import { lateAwaits } from './tools/lint/late-awaits.mjs';

/** A syntax that the house does not want, and what to write in its place. */
const forbid = (selector, message) => ({ selector, message });

const everywhere = [
  forbid('TSEnumDeclaration', 'A union of strings instead of an enum (architecture: small manners).'),
  forbid('ExportDefaultDeclaration', 'Named exports only: a name that can be searched for.'),
];
const noEnvironment = forbid(
  'MemberExpression[object.name="process"][property.name="env"]',
  'src/config is the only reader of process.env.',
);
const noEnqueuing = [
  forbid('CallExpression[callee.property.name="addBulk"]', 'Only src/jobs/effect-relay.ts enqueues.'),
  forbid(
    'CallExpression[callee.property.name="add"]:matches([callee.object.name=/queue/i], [callee.object.property.name=/queue/i], [callee.object.callee.name=/queue/i], [callee.object.callee.property.name=/queue/i])',
    'Only src/jobs/effect-relay.ts enqueues.',
  ),
];
const noBareClient = forbid(
  'NewExpression[callee.object.name="pg"]',
  'src/adapters/postgres/connections.ts makes the connections: with their settings, and heard from their birth.',
);
const inTests = [
  forbid(
    'MemberExpression[object.name="jest"][property.name=/^(mock|unstable_mockModule|doMock|fn|spyOn|setMock|replaceProperty)$/]',
    'Tests run on real parts or on small real fakes, without a mocking library.',
  ),
  forbid(
    'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|skip|todo|failing)$/], Identifier[name=/^(fit|fdescribe|xit|xtest|xdescribe)$/]',
    'Every test that is written runs.',
  ),
];
const noSleep = forbid(
  'CallExpression[callee.name="setTimeout"]',
  'Wait for an event or a condition, never for time.',
);

const restrict = (...rules) => ({ 'no-restricted-syntax': ['error', ...rules] });

/** What strict typing asks of all code; deviations from the preset say why. */
const typed = {
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  // Nest's modules are classes that hold nothing but their decorator.
  '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  // A port's fake may answer at once and is asynchronous all the same.
  '@typescript-eslint/require-await': 'off',
  // There are no enums here; computed keys of plain unions are mistaken for them.
  '@typescript-eslint/no-unsafe-enum-assignment': 'off',
  // Ports are abstract classes with no body: a literal of the same shape is a fake, and that is the point.
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  eqeqeq: 'error',
  'no-console': 'error',
  'no-empty': ['error', { allowEmptyCatch: false }],
};

/**
 * Texts of strangers meet these patterns: one that backtracks, or begins anew at every character, takes seconds for a long
 * one, and its process does nothing else meanwhile.
 */
const linear = {
  'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
  'regexp/no-super-linear-move': ['error', { report: 'potential', ignoreSticky: false }],
};

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', '.postern/', 'coverage/', 'reports/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,js,mjs,cjs}'],
    plugins: { regexp },
    rules: linear,
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { ...typed, ...restrict(...everywhere) },
  },
  {
    files: ['src/**/*.ts', 'emulator/**/*.ts', 'launch/**/*.ts', 'bench/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    plugins: { postern: { rules: { 'late-awaits': lateAwaits } } },
    rules: { 'postern/late-awaits': 'error' },
  },
  {
    files: ['src/**/*.ts', 'emulator/**/*.ts', 'migrations/**/*.ts'],
    rules: restrict(...everywhere, noEnvironment, noBareClient, ...noEnqueuing),
  },
  { files: ['launch/**/*.ts'], rules: restrict(...everywhere, noBareClient) },
  {
    files: ['src/adapters/postgres/connections.ts'],
    rules: restrict(...everywhere, noEnvironment, ...noEnqueuing),
  },
  { files: ['src/config/**/*.ts', 'emulator/main.ts'], rules: restrict(...everywhere, ...noEnqueuing) },
  { files: ['src/jobs/effect-relay.ts'], rules: restrict(...everywhere, noEnvironment) },
  {
    // Commands speak to a person on standard output.
    files: ['launch/**/*.ts', 'bench/**/*.ts', 'tools/**/*.mjs'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      ...restrict(...everywhere, ...inTests),
      // Answers of foreign parts (JSON, rows) are looked at field by field in tests.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['**/*.spec.ts'],
    rules: {
      ...restrict(...everywhere, ...inTests, noSleep),
      'no-restricted-imports': [
        'error',
        { name: 'node:timers/promises', message: 'Wait for an event or a condition, never for time.' },
      ],
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { ecmaVersion: 2024 },
    rules: {
      eqeqeq: 'error',
      'no-unused-vars': 'error',
      'no-empty': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
);
