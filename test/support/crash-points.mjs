// Loaded into the worker by NODE_OPTIONS=--import: kills it, as kill -9 does, at the boundary that the file `crash-at` in
// the data directory names, once. The product knows nothing of it.
import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

const script = process.argv[1] ?? '';

function reached(boundary) {
  const file = path.join(process.env.POSTERN_DATA_DIR ?? '.', 'crash-at');
  try {
    if (readFileSync(file, 'utf8') !== boundary) return;
  } catch {
    return; // nobody wants a crash
  }
  rmSync(file);
  process.kill(process.pid, 'SIGKILL');
}

/** The last call to the outside of each job that is under way. */
const job = new AsyncLocalStorage();

function surround(prototype, method, nameOf) {
  const original = prototype[method];
  prototype[method] = async function (...args) {
    const name = nameOf(...args);
    if (name === null) return original.apply(this, args);
    reached(`before ${name}`);
    const answer = await original.apply(this, args);
    const current = job.getStore();
    if (current !== undefined) current.lastCall = name;
    reached(`after ${name}`);
    return answer;
  };
}

async function install(root) {
  const load = (file) => import(path.join(root, 'src', file));
  const { AzureCompute } = await load('adapters/azure/azure-compute.adapter.js');
  const { HttpGate } = await load('adapters/gate/http-gate.adapter.js');
  const { PostgresUnitOfWork } = await load('adapters/postgres/postgres-unit-of-work.js');
  const { EffectProcessor } = await load('jobs/effect.processor.js');
  surround(AzureCompute.prototype, 'deallocate', () => 'the deallocate');
  surround(AzureCompute.prototype, 'start', () => 'the start');
  surround(AzureCompute.prototype, 'readOperation', () => 'a poll');
  surround(AzureCompute.prototype, 'readMachine', () => 'a look at the machine');
  surround(HttpGate.prototype, 'move', (_id, position) => `the gate is moved ${position}`);
  surround(PostgresUnitOfWork.prototype, 'run', ({ actor }) =>
    actor.kind === 'system' && actor.name === 'conduct-restarts' ? 'the plan is committed' : null,
  );
  const run = EffectProcessor.prototype.run;
  EffectProcessor.prototype.run = function (data) {
    return job.run({ lastCall: 'nothing' }, async () => {
      await run.call(this, data);
      reached(`between the save and the acknowledgement of ${job.getStore().lastCall}`);
    });
  };
}

if (script.endsWith(path.join('dist', 'src', 'worker.js'))) await install(path.resolve(script, '..', '..'));
