// Loaded into API and workers by NODE_OPTIONS=--import: shifts the clock of a process by the milliseconds that the file
// `clock-of-worker` or `clock-of-api` in the data directory names. The product knows nothing of it.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const script = process.argv[1] ?? '';
const names = { 'worker.js': 'clock-of-worker', 'main.js': 'clock-of-api' };
const name = names[path.basename(script)];

if (name !== undefined && path.basename(path.dirname(script)) === 'src') {
  const file = path.join(process.env.POSTERN_DATA_DIR ?? '.', name);
  const RealDate = Date;
  let shift = 0;
  const read = () => {
    try {
      shift = Number(readFileSync(file, 'utf8'));
    } catch {
      shift = 0; // nobody shifts it
    }
  };
  read();
  setInterval(read, 50).unref();
  globalThis.Date = class extends RealDate {
    constructor(...args) {
      if (args.length === 0) super(RealDate.now() + shift);
      else super(...args);
    }
    static now() {
      return RealDate.now() + shift;
    }
  };
}
