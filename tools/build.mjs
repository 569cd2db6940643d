// Transpiles changed sources into dist/ for the launchers, in about a second; `npm run build` (tsc) is the build
// that also checks types (docs/decisions/0003-toolchain.md). Run through tools/prepare.mjs, which holds the lock.
import { transform } from '@swc/core';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { manifestFile, outputOf, staleSources } from './sources.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

// The same decorator settings as jest.config.cjs: without them Nest's injection breaks.
const options = {
  configFile: false,
  swcrc: false,
  sourceMaps: true,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
    preserveAllComments: false,
  },
  module: { type: 'es6' },
};

/** Writes beside and renames, so that a process that starts meanwhile never reads half a file. */
async function replace(file, content) {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.tmp`, content);
  await rename(`${file}.tmp`, file);
}

async function build(source) {
  const target = path.join(root, outputOf(source));
  const text = await readFile(path.join(root, source), 'utf8');
  if (!source.endsWith('.ts')) return replace(target, text);
  const sourceFileName = path.relative(path.dirname(target), path.join(root, source));
  const { code, map } = await transform(text, { ...options, filename: source, sourceFileName });
  await replace(`${target}.map`, map);
  return replace(target, `${code}//# sourceMappingURL=${path.basename(target)}.map\n`);
}

const started = performance.now();
const { current, changed, vanished } = staleSources(root);
await Promise.all(
  vanished.flatMap((source) =>
    ['', '.map'].map((end) => rm(path.join(root, outputOf(source) + end), { force: true })),
  ),
);
await Promise.all(changed.map(build));
await replace(manifestFile(root), JSON.stringify(current));
process.stderr.write(
  `postern: built ${changed.length} files in ${Math.round(performance.now() - started)} ms\n`,
);
