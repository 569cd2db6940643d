// `node tools/run.mjs <command> [arguments]`: prepares the clone, then becomes the command. One process, not
// `prepare && node …` in a shell: npm hands SIGTERM to the shell, and the shell would die without passing it on.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './prepare.mjs';

const commands = {
  demo: 'dist/launch/demo.js',
  start: 'dist/launch/start.js',
  token: 'dist/launch/token.js',
  verify: 'dist/launch/verify.js',
  bench: 'dist/bench/main.js',
  generate: 'dist/launch/generate.js',
  test: 'tools/test.mjs',
  'db:migrate': 'dist/launch/migrate.js',
  'audit:retain': 'dist/launch/retain-audit.js',
  'start:api': 'dist/src/main.js',
  'start:worker': 'dist/src/worker.js',
};

const [name, ...rest] = process.argv.slice(2);
const script = commands[name];
if (!script) throw new Error(`Unknown command ${name}; known are ${Object.keys(commands).join(', ')}`);
await prepare();
const file = path.join(root, script);
process.argv = [process.argv[0], file, ...rest];
await import(pathToFileURL(file).href);
