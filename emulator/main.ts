import { startEmulator } from './emulator.js';

/** The emulator's process. Says where it is in one line of JSON, and to its parent where it has one. */
const portOf = (name: string, fallback: number) => {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${name} must be a port number`);
  return port;
};

async function main(): Promise<void> {
  const emulator = await startEmulator({
    port: portOf('EMULATOR_PORT', 3001),
    tlsPort: portOf('EMULATOR_TLS_PORT', 0),
    dnsPort: portOf('EMULATOR_DNS_PORT', 0),
    host: process.env.EMULATOR_HOST ?? '127.0.0.1',
  });
  const { url, tlsUrl, dns } = emulator;
  const ready = { name: 'emulator', url, tlsUrl, dns };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  process.send?.(ready);
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    void emulator.stop().finally(() => process.exit(0));
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  if (process.send !== undefined) process.on('disconnect', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`emulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
