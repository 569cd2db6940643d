import 'reflect-metadata';
import { SystemClock } from '../src/adapters/system/system-clock.js';

/** The worker itself, unchanged, on a clock that its parent tells: leases go on by the database's. */
let told = new Date().toISOString();
process.on('message', ({ now }: { readonly now: string }) => {
  told = now;
});
SystemClock.prototype.now = () => told;

await import('../src/worker.js');
