import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Readiness } from '../domain/ports/readiness.js';

interface Answered {
  readonly method: string;
  /** The pattern, never the path: ids would make a series each. */
  readonly route: string;
  readonly status: number;
}

/** What the API measures of itself, for Prometheus. */
@Injectable()
export class ApiMetrics {
  private readonly registry = new Registry();
  private readonly durations = new Histogram({
    name: 'postern_http_request_seconds',
    help: 'Time to answer by method, route pattern and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });
  private readonly connections = new Gauge({
    name: 'postern_store_connections',
    help: 'Connections of the pool by what they do, and how many calls wait for one',
    labelNames: ['state'],
    registers: [this.registry],
  });
  private readonly refusals = new Counter({
    name: 'postern_rate_limited_total',
    help: 'Calls that were answered 429, by whose limit it was',
    labelNames: ['by'],
    registers: [this.registry],
  });
  private readonly sharing = new Gauge({
    name: 'postern_rate_limits_shared',
    help: '1 while rate limits are counted together with the other processes, 0 while this one counts alone',
    registers: [this.registry],
  });

  constructor(private readonly readiness: Readiness) {
    collectDefaultMetrics({ register: this.registry });
    this.sharing.set(1);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  answered({ method, route, status }: Answered, seconds: number): void {
    this.durations.observe({ method, route, status: String(status) }, seconds);
  }

  limited(by: 'tenant' | 'principal' | 'address' | 'streams'): void {
    this.refusals.inc({ by });
  }

  limitsAreShared(isSo: boolean): void {
    this.sharing.set(isSo ? 1 : 0);
  }

  /** All of it in Prometheus' text format. */
  async exposition(): Promise<string> {
    const { busy, idle, waiting } = this.readiness.connections();
    this.connections.set({ state: 'busy' }, busy);
    this.connections.set({ state: 'idle' }, idle);
    this.connections.set({ state: 'waiting' }, waiting);
    return this.registry.metrics();
  }
}
