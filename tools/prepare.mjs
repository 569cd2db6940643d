// Makes a clone runnable: installs dependencies when they are missing or differ from the lock, and builds dist/
// when sources changed. Uses nothing but Node, and writes to standard error only: `npm run --silent token`
// owes its standard output to the token.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withLock } from './file-lock.mjs';
import { staleSources } from './sources.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const lockFile = path.join(root, '.postern', 'prepare.lock');

function say(message) {
  process.stderr.write(`postern: ${message}\n`);
}

async function json(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Whether node_modules is what package-lock.json asks for. npm writes its own record
 * (node_modules/.package-lock.json) last, so an interrupted installation counts as missing.
 */
async function isInstalled() {
  const installed = (await json(path.join(root, 'node_modules', '.package-lock.json')))?.packages;
  if (!installed) return false;
  const wanted = (await json(path.join(root, 'package-lock.json')))?.packages;
  if (!wanted) throw new Error('package-lock.json is missing or not JSON');
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === '') return true;
    const present = installed[name];
    return present ? present.version === entry.version : Boolean(entry.optional || entry.peer);
  });
}

/** Runs a child whose standard output goes to our standard error; rejects when it does not end with 0. */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
    let told;
    const forward = (signal) => {
      told = signal;
      child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM'];
    for (const signal of signals) process.on(signal, forward);
    const done = () => signals.forEach((signal) => process.off(signal, forward));
    child.once('error', (error) => (done(), reject(error)));
    child.once('exit', (code, signal) => {
      done();
      if (told !== undefined)
        process.kill(process.pid, told); // its handler is gone: it ends this process too
      else if (code === 0) resolve();
      else reject(new Error(`${path.basename(command)} ${args.join(' ')} ended with ${signal ?? code}`));
    });
  });
}

async function install() {
  // --include=dev: NODE_ENV=production must not leave out the embedded database that the launchers need.
  // --loglevel: `npm run --silent` hands its silence down, and a failed installation must not be silent.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  if (npm && /\.[cm]?js$/.test(npm)) await run(process.execPath, [npm, ...args]);
  else await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
}

function isBuilt() {
  return existsSync(path.join(root, 'dist')) && staleSources(root).isFresh;
}

/** Installs and builds what is needed; `{ build: false }` stops after the installation. */
export async function prepare({ build = true } = {}) {
  if ((await isInstalled()) && (!build || isBuilt())) return;
  const waiting = () => say('another command is preparing this clone; waiting for it');
  await withLock(
    lockFile,
    async () => {
      if (!(await isInstalled())) {
        say('installing dependencies (npm ci)');
        await install();
      }
      if (build && !isBuilt()) await run(process.execPath, [path.join(root, 'tools', 'build.mjs')]);
    },
    waiting,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await prepare({ build: !process.argv.includes('--install-only') });
}
