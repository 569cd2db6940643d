// The rings of docs (README, "The six rings") as rules: what a ring may import of ours and from npm.
// test/architecture/imports.spec.ts runs them and proves on bad samples that they bite.
const anyOf = (...names) => `(${names.join('|')})`;

/** A ring may import of our own code only what `ours` names. */
const own = (ring, ours) => ({
  name: `${ring}-imports-only-its-rings`,
  comment: `src/${ring} may import of ours: ${ours.join(', ') || 'nothing but itself'}`,
  severity: 'error',
  from: { path: `^src/${ring}/` },
  to: { path: '^(src|emulator|launch|bench|test)/', pathNot: [ring, ...ours].map((name) => `^src/${name}`) },
});

/** A ring may import from npm only what `packages` names. */
const npm = (ring, packages) => ({
  name: `${ring}-imports-only-its-packages`,
  comment: `src/${ring} may import from npm: ${packages.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: `^src/${ring}/`, pathNot: '[.]spec[.]ts$' },
  to: {
    dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
    pathNot: packages.map((name) => `node_modules/${name}/`),
  },
});

/** A ring may use of Node's own modules only what `modules` names. */
const core = (ring, modules) => ({
  name: `${ring}-uses-only-its-node-modules`,
  severity: 'error',
  from: { path: `^src/${ring}/`, pathNot: '[.]spec[.]ts$' },
  to: { dependencyTypes: ['core'], ...(modules.length > 0 && { pathNot: `^(node:)?${anyOf(...modules)}$` }) },
});

module.exports = {
  forbidden: [
    own('domain', []),
    npm('domain', []),
    core('domain', []),
    own('application', ['domain']),
    npm('application', ['@nestjs/common', 'reflect-metadata']),
    core('application', []),
    own('http', ['application', 'domain']),
    npm('http', [
      '@nestjs/[^/]+',
      'zod',
      'jose',
      'fastify',
      '@fastify/[^/]+',
      'rxjs',
      'reflect-metadata',
      'prom-client',
      'pino',
      'canonicalize',
    ]),
    own('jobs', ['application', 'domain']),
    npm('jobs', ['bullmq', 'ioredis', 'prom-client', '@nestjs/common', '@nestjs/core', 'reflect-metadata']),
    own('adapters', ['domain', 'config']),
    {
      name: 'adapters-know-no-queue-and-no-http-server',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: 'node_modules/(@nestjs/bullmq|fastify|@nestjs/platform-fastify|@nestjs/swagger)/' },
    },
    {
      name: 'only-migrate-knows-the-migrations',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/postgres/migrate[.]ts$' },
      to: { path: '^migrations/' },
    },
    own('config', []),
    npm('config', ['zod']),
    {
      name: 'only-jobs-know-the-queue',
      comment: 'The root modules connect it; the migrations make its tables.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/jobs/', '^src/[^/]+[.]ts$', '^src/adapters/postgres/', '[.]spec[.]ts$'],
      },
      to: { path: 'node_modules/bullmq/' },
    },
    {
      name: 'emulator-knows-nothing-of-the-product',
      severity: 'error',
      from: { path: '^emulator/' },
      to: { path: '^(src|launch|migrations|bench)/' },
    },
    {
      name: 'product-knows-nothing-of-the-emulator',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: '[.]spec[.]ts$' },
      to: { path: '^(emulator|launch|bench|test)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'nothing-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-test-parts-in-the-product',
      comment: 'What only development needs is not installed in production.',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: '[.]spec[.]ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    detectJSDocImports: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
