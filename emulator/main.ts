import { startEmulator } from './emulator.js';

/** The emulator's process. Says where it is in one line of JSON, and to its parent where it has one. */
const portOf = (name: string, fallback: number) => {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${name} must be a port number`);
  return port;
};

/** Of a process that ended by a failure which nothing caught (EX_SOFTWARE of sysexits.h). */
const uncaughtExit = 70;
/** How long the servers may take to close. */
const closeMs = 5_000;

let close: () => Promise<unknown> = () => Promise.resolve();
let isStopping = false;

function stop(code: number): void {
  if (isStopping) return;
  isStopping = true;
  setTimeout(() => process.exit(code), closeMs).unref();
  void close()
    .catch(() => undefined)
    .finally(() => process.exit(code));
}

/** Says that a failure was caught by nothing, by class, code and the first place in the code, and ends. */
function uncaught(kind: string, error: unknown): void {
  const { name = typeof error, code, stack = '' } = Object(error) as Partial<NodeJS.ErrnoException>;
  const [place] = /(?:file:\/\/|node:)\S+:\d+:\d+/.exec(stack) ?? [];
  process.stderr.write(`${JSON.stringify({ process: 'emulator', kind, error: name, code, place })}\n`);
  stop(uncaughtExit);
}

process.on('uncaughtException', (error) => uncaught('uncaughtException', error));
process.on('unhandledRejection', (error) => uncaught('unhandledRejection', error));

/** Known from the beginning: a parent that is gone leaves no trace of the channel. */
const hasParent = process.send !== undefined;

async function main(): Promise<void> {
  const emulator = await startEmulator({
    port: portOf('EMULATOR_PORT', 3001),
    tlsPort: portOf('EMULATOR_TLS_PORT', 0),
    dnsPort: portOf('EMULATOR_DNS_PORT', 0),
    host: process.env.EMULATOR_HOST ?? '127.0.0.1',
  });
  close = () => emulator.stop();
  const end = () => stop(0);
  process.on('SIGTERM', end).on('SIGINT', end);
  if (hasParent) process.on('disconnect', end);
  // It may have gone while this process started, when nobody listened for that.
  if (hasParent && !process.connected) end();
  // Last: whoever hears of it may tell it to stop at once.
  const { url, tlsUrl, dns } = emulator;
  const ready = { name: 'emulator', url, tlsUrl, dns };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  // A channel that is broken is noticed as such (`disconnect`).
  process.send?.(ready, undefined, undefined, () => undefined);
}

main().catch((error: unknown) => {
  process.stderr.write(`emulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
