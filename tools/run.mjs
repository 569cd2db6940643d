// `node tools/run.mjs <command> [arguments]`: prepares the clone, then becomes the command. One process from npm's shell
// on: the scripts of package.json say `exec`, because npm hands SIGTERM to its shell, and a shell that is not replaced
// dies without passing it on (docs/decisions/0036-launchers-and-signals.md).
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './prepare.mjs';
import { commands, usageOf } from './commands.mjs';

function end(code, text) {
  (code === 0 ? process.stdout : process.stderr).write(`${text}\n`);
  process.exit(code);
}

const [name, ...rest] = process.argv.slice(2);
if (!Object.hasOwn(commands, name ?? ''))
  end(2, `postern: there is no command ${name}; known are ${Object.keys(commands).join(', ')}`);
const command = commands[name];
if (rest.includes('--help') || rest.includes('-h')) end(0, usageOf(name));
if (rest.length > 0 && !command.takes)
  end(2, `postern: npm run ${name} takes no arguments: ${rest.join(' ')}\n${usageOf(name)}`);
await prepare({ build: command.needsBuild !== false });
const file = path.join(root, command.script);
process.argv = [process.argv[0], file, ...(command.before ?? []), ...rest];
await import(pathToFileURL(file).href);
