// Every package that production carries must say that it runs on every version of Node that we promise
// (`engines` in package.json). npm only warns, and only on the version that it runs on.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import semver from 'semver';
import { root as project } from './prepare.mjs';

/** Another directory than the project's is for the tests of this check. */
const root = path.resolve(process.argv[2] ?? project);
const read = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

const promised = read('package.json').engines.node;
const problems = Object.entries(read('package-lock.json').packages)
  .filter(([name, entry]) => name !== '' && !entry.dev && entry.engines?.node !== undefined)
  .filter(([, entry]) => !semver.subset(promised, entry.engines.node))
  .map(
    ([name, { version, engines }]) =>
      `${name.replace(/^.*node_modules\//, '')}@${version} runs on Node ${engines.node} only; we promise ${promised}`,
  );
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0)
  process.stderr.write('Choose another version ("overrides" in package.json for a package of a package).\n');
process.exitCode = problems.length > 0 ? 1 : 0;
