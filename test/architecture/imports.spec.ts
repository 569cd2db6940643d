import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cruise, projectRoot } from './dependency-rules.js';

const taking = (from: string) => `import { thing } from '${from}';\nexport const own = thing;\n`;
const thing = 'export const thing = 1;\n';

/** Each sample stands in a file of its own, `<ring>/<name>.ts`; all are judged in one run (a run takes a second). */
const bad: readonly (readonly [rule: string, file: string, taken: string])[] = [
  ['domain-imports-only-its-rings', 'src/domain/to-ring.ts', '../application/thing.js'],
  ['domain-uses-only-its-node-modules', 'src/domain/to-node.ts', 'node:crypto'],
  ['domain-imports-only-its-packages', 'src/domain/to-npm.ts', 'zod'],
  ['application-imports-only-its-rings', 'src/application/to-ring.ts', '../adapters/thing.js'],
  ['application-imports-only-its-packages', 'src/application/to-npm.ts', 'pg'],
  ['application-uses-only-its-node-modules', 'src/application/to-node.ts', 'node:fs'],
  ['http-imports-only-its-rings', 'src/http/to-ring.ts', '../adapters/thing.js'],
  ['http-imports-only-its-packages', 'src/http/to-npm.ts', 'pg'],
  ['jobs-imports-only-its-rings', 'src/jobs/to-ring.ts', '../adapters/thing.js'],
  ['jobs-imports-only-its-packages', 'src/jobs/to-npm.ts', 'pg'],
  ['adapters-imports-only-its-rings', 'src/adapters/to-ring.ts', '../application/thing.js'],
  ['adapters-know-no-queue-and-no-http-server', 'src/adapters/to-server.ts', 'fastify'],
  ['only-jobs-know-the-queue', 'src/http/to-queue.ts', 'bullmq'],
  ['config-imports-only-its-rings', 'src/config/to-ring.ts', '../domain/thing.js'],
  ['emulator-knows-nothing-of-the-product', 'emulator/to-product.ts', '../src/domain/thing.js'],
  ['product-knows-nothing-of-the-emulator', 'src/adapters/to-emulator.ts', '../../emulator/thing.js'],
  ['only-migrate-knows-the-migrations', 'src/adapters/to-migrations.ts', '../../migrations/thing.js'],
  ['nothing-unresolvable', 'src/domain/to-nowhere.ts', './missing.js'],
  ['no-cycles', 'src/domain/cycle-a.ts', './cycle-b.js'],
  ['no-test-parts-in-the-product', 'src/adapters/to-dev.ts', 'selfsigned'],
];

const good: Readonly<Record<string, string>> = {
  'src/application/good.ts': taking('../domain/thing.js'),
  'src/adapters/good.ts': `${taking('../domain/thing.js')}import 'pg';\nimport 'node:crypto';\n`,
  'src/config/good.ts': "import { z } from 'zod';\nexport const text = z.string();\n",
  'src/jobs/good.ts': "import { Queue } from 'bullmq';\nexport const kind = Queue;\n",
  'src/http/good.ts': taking('../application/thing.js'),
};

function samples(): Readonly<Record<string, string>> {
  const rings = ['src/domain', 'src/application', 'src/adapters', 'emulator', 'migrations'];
  return {
    'package.json': JSON.stringify({
      type: 'module',
      dependencies: { bullmq: '*', fastify: '*', pg: '*', zod: '*' },
      devDependencies: { selfsigned: '*' },
    }),
    ...Object.fromEntries(rings.map((ring) => [`${ring}/thing.ts`, thing])),
    ...Object.fromEntries(bad.map(([, file, taken]) => [file, taking(taken)])),
    'src/domain/cycle-b.ts': `${taking('./cycle-a.js')}${thing}`,
    ...good,
  };
}

/** Lays the samples as a tree of their own, judges it by the project's rules, and removes it again. */
function judgeSamples(): readonly string[] {
  const directory = mkdtempSync(path.join(tmpdir(), 'postern-imports-'));
  try {
    symlinkSync(path.join(projectRoot, 'node_modules'), path.join(directory, 'node_modules'));
    for (const [name, text] of Object.entries(samples())) {
      mkdirSync(path.join(directory, path.dirname(name)), { recursive: true });
      writeFileSync(path.join(directory, name), text);
    }
    return cruise(directory, ['src', 'emulator']).violations;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe('the rings', () => {
  let found: readonly string[] = [];
  beforeAll(() => {
    found = judgeSamples();
  });

  it('hold in the whole tree', () => {
    const folders = ['src', 'emulator', 'migrations'].filter((folder) =>
      existsSync(path.join(projectRoot, folder)),
    );
    const { modules, violations } = cruise(projectRoot, folders);
    expect(violations).toEqual([]);
    expect(modules).toBeGreaterThan(50);
  });

  it.each(bad)('%s refuses %s importing %s', (rule, file) => {
    expect(found.map((line) => line.split(' -> ')[0])).toContain(`${rule}: ${file}`);
  });

  it.each(Object.keys(good))('let %s through', (file) => {
    expect(found.filter((line) => line.includes(`${file} ->`))).toEqual([]);
  });
});
