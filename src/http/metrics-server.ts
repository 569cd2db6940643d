import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiMetrics } from './api-metrics.js';

/**
 * `/metrics` of the API, on a port of its own: it needs no token, costs more than any other open page, and tells how
 * busy the service is. Who may reach the port is the deployment's to say.
 */
export function metricsServer(metrics: ApiMetrics): Server {
  return createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('not found\n');
      return;
    }
    metrics
      .exposition()
      .then((text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text))
      .catch(() => response.destroy());
  });
}

/** Starts it; gives where it is. It ends with the process, so that a drain can be watched. */
export async function serveMetrics(metrics: ApiMetrics, host: string, port: number): Promise<string> {
  const server = metricsServer(metrics).listen(port, host);
  await once(server, 'listening');
  return `http://${host}:${String((server.address() as AddressInfo).port)}`;
}
