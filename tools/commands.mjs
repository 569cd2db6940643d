// What `npm run` can run, and what each command says of itself.

const settings = 'Settings are read from the environment: .env.example names them.';
const tool = (script, before, what, takes = '[options]') => ({
  script: `node_modules/${script}`,
  before,
  needsBuild: false,
  takes,
  help: what,
});

/** `takes` are the arguments, as help shows them; a command without it takes none. */
export const commands = {
  demo: {
    script: 'dist/launch/demo.js',
    help: 'The main job, from nothing to an effective exemption and a revocation, on an emulated cloud.',
  },
  start: {
    script: 'dist/launch/start.js',
    help:
      'API, worker and emulated cloud with an embedded PostgreSQL, until stopped.\n' +
      'PORT (3000), EMULATOR_PORT (3001), EMULATOR_TLS_PORT, EMULATOR_DNS_PORT: 0 takes a free one.\n' +
      'POSTERN_DATA_DIR (.postern), DATABASE_URL, REDIS_URL; POSTERN_SEED=none makes nothing to look at.',
  },
  token: {
    script: 'dist/launch/token.js',
    takes: '<persona> [--tenant T] [--oid O] [--roles A,B] [--expires-in SECONDS]',
    help:
      'One development token on standard output (npm run --silent).\n' +
      'Personas: customer, partner, reviewer, reviewer2, approver, approver2, analyst, auditor, operator, ingest.',
  },
  verify: {
    script: 'dist/launch/verify.js',
    help:
      'The invariants over a live database; exit 1 when one is broken. DATABASE_URL names the database;\n' +
      'without it, that of the "npm start" that runs on POSTERN_DATA_DIR.',
  },
  bench: {
    script: 'dist/bench/main.js',
    takes: '[cloud [machines] [subscriptions] [minutes]] [--quick]',
    help:
      'Measures the budgets as ratios and records them in docs/performance.md. With --quick each step runs in\n' +
      'seconds, to show that the bench works; nothing is recorded.',
  },
  generate: {
    script: 'dist/launch/generate.js',
    takes: '[--check]',
    help: 'Writes the files that are drawn from code; with --check compares them, and fails when one differs.',
  },
  test: {
    script: 'tools/test.mjs',
    takes: '[paths] [options of Jest]',
    help: 'Every tier of tests, or those below the paths. REQUIRE_REDIS=1 fails where there is no Redis.',
  },
  'db:migrate': {
    script: 'dist/launch/migrate.js',
    help:
      "Brings the database to the newest schema. DATABASE_URL is the owner's; where DATABASE_APP_URL is given, the\n" +
      'role of the application can log in afterwards.',
  },
  'audit:retain': {
    script: 'dist/launch/retain-audit.js',
    takes: '--before YYYY-MM',
    help: "Drops whole months of audit entries; their leaves stay. DATABASE_URL is the owner's.",
  },
  'start:api': { script: 'dist/src/main.js', help: `The API of a real deployment. ${settings}` },
  'start:worker': { script: 'dist/src/worker.js', help: `The worker of a real deployment. ${settings}` },
  build: tool('@nestjs/cli/bin/nest.js', ['build'], 'Compiles to dist/ with the types checked.'),
  lint: tool('eslint/bin/eslint.js', ['.'], 'Lints everything.'),
  format: tool('prettier/bin/prettier.cjs', ['--write', '.'], 'Formats everything.'),
  'format:check': tool('prettier/bin/prettier.cjs', ['--check', '.'], 'Says what is not formatted.'),
  typecheck: tool('typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json'], 'Checks the types.'),
  'test:small': tool(
    'jest/bin/jest.js',
    ['--selectProjects', 'small'],
    'The tier of tests that needs nothing.',
  ),
};

export function usageOf(name) {
  const { takes, help } = commands[name];
  return `usage: npm run ${name}${takes ? ` -- ${takes}` : ''}\n${help}`;
}
