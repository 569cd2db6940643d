import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export interface HealthSource {
  /** True while the process can carry effects out; false while it starts or drains. */
  isReady(): boolean;
  /** Rows of the outbox that are not carried out yet, by state; and jobs in each queue. */
  depths(): Promise<{
    readonly effects: Readonly<Record<string, number>>;
    readonly queues: Readonly<Record<string, number>>;
  }>;
}

/** `/livez`, `/readyz` and `/metrics` of the worker: it serves nothing else. */
export function workerHealth(source: HealthSource): Server {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const effects = new Gauge({
    name: 'postern_effects',
    help: 'Effects in the outbox by state',
    labelNames: ['state'],
    registers: [registry],
  });
  const queues = new Gauge({
    name: 'postern_queue_jobs',
    help: 'Jobs waiting by queue',
    labelNames: ['queue'],
    registers: [registry],
  });
  return createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/livez') response.writeHead(200, { 'content-type': 'text/plain' }).end('alive\n');
    else if (path === '/readyz') {
      const ready = source.isReady();
      response
        .writeHead(ready ? 200 : 503, { 'content-type': 'text/plain' })
        .end(ready ? 'ready\n' : 'not ready\n');
    } else if (path === '/metrics') {
      void source
        .depths()
        .then((depths) => {
          for (const [state, count] of Object.entries(depths.effects)) effects.set({ state }, count);
          for (const [queue, count] of Object.entries(depths.queues)) queues.set({ queue }, count);
          return registry.metrics();
        })
        .then((text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text))
        .catch(() => response.writeHead(503).end());
    } else response.writeHead(404).end();
  });
}
