// Which sources dist/ was built from, by content: a checkout of an older commit is noticed, a touched file is not.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The folders that `nest build` compiles too (tsconfig.build.json). */
const folders = ['src', 'emulator', 'migrations', 'launch', 'bench'];

/** Where the state of the last build is kept, below dist/ so that removing dist/ forgets it. */
export function manifestFile(root) {
  return path.join(root, 'dist', '.sources.json');
}

/** The file that a source becomes, below dist/. */
export function outputOf(source) {
  return path.join('dist', source.replace(/\.ts$/, '.js'));
}

function isSource(name) {
  if (name.endsWith('.json')) return true;
  return name.endsWith('.ts') && !name.endsWith('.spec.ts') && !name.endsWith('.d.ts');
}

function currentSources(root) {
  const hashes = {};
  for (const folder of folders) {
    if (!existsSync(path.join(root, folder))) continue;
    for (const entry of readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !isSource(entry.name)) continue;
      const file = path.relative(root, path.join(entry.parentPath, entry.name));
      hashes[file] = createHash('sha256')
        .update(readFileSync(path.join(root, file)))
        .digest('hex');
    }
  }
  return hashes;
}

/** The builder's own version: when it changes, everything is compiled anew. */
function builderHash(root) {
  const hash = createHash('sha256');
  hash.update(readFileSync(path.join(root, 'tools', 'build.mjs')));
  return hash.digest('hex');
}

/** `{ current, changed, vanished, isFresh }` of the sources against what dist/ was built from. */
export function staleSources(root) {
  const current = { builder: builderHash(root), files: currentSources(root) };
  let built = { builder: '', files: {} };
  try {
    built = JSON.parse(readFileSync(manifestFile(root), 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT' && !(error instanceof SyntaxError)) throw error;
  }
  const all = built.builder !== current.builder;
  const changed = Object.keys(current.files).filter(
    (file) =>
      all || built.files[file] !== current.files[file] || !existsSync(path.join(root, outputOf(file))),
  );
  const vanished = Object.keys(built.files).filter((file) => !(file in current.files));
  return { current, changed, vanished, isFresh: changed.length === 0 && vanished.length === 0 };
}
