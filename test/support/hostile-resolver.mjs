// Loaded into the workers by NODE_OPTIONS=--import: an answer about `hostile.example` never lets go of the event loop of the
// lane that asked, as a pattern would that backtracks for ever. The product knows nothing of it.
import { writeFileSync } from 'node:fs';
import path from 'node:path';

const script = process.argv[1] ?? '';

if (script.endsWith(path.join('dist', 'src', 'worker.js'))) {
  const { NodeDns } = await import(
    path.join(path.resolve(script, '..', '..'), 'src/adapters/dns/node-dns.adapter.js')
  );
  const original = NodeDns.prototype.resolveTxt;
  NodeDns.prototype.resolveTxt = function (name) {
    if (!name.endsWith('hostile.example')) return original.call(this, name);
    writeFileSync(path.join(process.env.POSTERN_DATA_DIR ?? '.', 'frozen'), String(process.pid));
    for (;;);
  };
}
