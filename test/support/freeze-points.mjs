// Loaded into the workers by NODE_OPTIONS=--import: stops the process, as a host that is suspended does, at the boundary
// that the file `freeze-at` in the data directory names, once; its pid is left in `frozen`. The product knows nothing of it.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const script = process.argv[1] ?? '';
const file = (name) => path.join(process.env.POSTERN_DATA_DIR ?? '.', name);

function reached(boundary) {
  try {
    if (readFileSync(file('freeze-at'), 'utf8') !== boundary) return;
    rmSync(file('freeze-at')); // of two workers one freezes: the other finds it gone
  } catch {
    return; // nobody wants it
  }
  writeFileSync(file('frozen'), String(process.pid));
  process.kill(process.pid, 'SIGSTOP');
}

/** What a call of the control plane is about; null for every other call. */
function nameOf(input, init) {
  const { pathname } = new URL(String(input));
  if (init?.method === 'POST')
    return /\/virtualMachines\/[^/]+\/(deallocate|start)$/.exec(pathname)?.[1] ?? null;
  return pathname.includes('/operations/') ? 'poll' : null;
}

if (script.endsWith(path.join('dist', 'src', 'worker.js'))) {
  const send = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const name = nameOf(input, init);
    if (name === null) return send(input, init);
    reached(`the ${name} is written`);
    const answer = await send(input, init);
    reached(`the ${name} is answered`);
    return answer;
  };
  const root = path.resolve(script, '..', '..');
  const { AzureCompute } = await import(path.join(root, 'src/adapters/azure/azure-compute.adapter.js'));
  for (const name of ['deallocate', 'start']) {
    const original = AzureCompute.prototype[name];
    AzureCompute.prototype[name] = function (...args) {
      reached(`the ${name} takes its token`);
      return original.apply(this, args);
    };
  }
}
