import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export interface HealthSource {
  /** True while the process can carry effects out; false while it starts or drains, or database or queue are away. */
  isReady(): Promise<boolean>;
  /** Rows of the outbox that are not carried out yet, by state; and jobs in each queue, null while it does not answer. */
  depths(): Promise<{
    readonly effects: Readonly<Record<string, number>>;
    readonly queues: Readonly<Record<string, number>> | null;
  }>;
  /** By how much this process's clock is ahead of the database's, as the last look saw. */
  clockAheadMs(): number;
  /** The screening lane, where this process runs it beside itself. */
  lane(): { readonly isUp: boolean; readonly restarts: number } | null;
  /** Exemptions that wait for a support engineer, and machines that Postern stopped and cannot start. */
  needs(): Promise<{ readonly exemptions: number; readonly machinesDown: number }>;
}

/** What the worker measures of itself, and of the work that is not done yet. */
class WorkerMetrics {
  private readonly registry = new Registry();
  private readonly effects = this.gauge('postern_effects', 'Effects in the outbox by state', ['state']);
  private readonly queues = this.gauge('postern_queue_jobs', 'Jobs waiting by queue', ['queue']);
  private readonly needing = this.gauge(
    'postern_exemptions_needing_human',
    'Exemptions that wait for a support engineer: GET /v1/admin/exemptions?needsHuman=true',
    [],
  );
  private readonly down = this.gauge(
    'postern_machines_down',
    'Machines that Postern stopped and cannot start again, each an incident',
    [],
  );
  private readonly clockAhead = this.gauge(
    'postern_clock_ahead_seconds',
    'By how much the clock is ahead of the database’s, negative where it is behind: beyond CLOCK_TOLERANCE_SECONDS nothing is done',
    [],
  );
  private readonly laneUp = this.gauge(
    'postern_lane_up',
    '1 while a lane that this worker supervises answers, else 0',
    ['lane'],
  );
  private readonly laneRestarts = this.gauge(
    'postern_lane_restarts',
    'How often a lane that this worker supervises ended, or stood still, and was started again',
    ['lane'],
  );
  private readonly queueUp = this.gauge('postern_queue_up', '1 while the queue answers, else 0', []);

  constructor(private readonly source: HealthSource) {
    collectDefaultMetrics({ register: this.registry });
  }

  /** The outbox is told also while the queue is away: that is when its depth matters. */
  async text(): Promise<string> {
    const { effects, queues } = await this.source.depths();
    const { exemptions, machinesDown } = await this.source.needs();
    this.clockAhead.set(this.source.clockAheadMs() / 1_000);
    const lane = this.source.lane();
    if (lane !== null) {
      this.laneUp.set({ lane: 'screening' }, lane.isUp ? 1 : 0);
      this.laneRestarts.set({ lane: 'screening' }, lane.restarts);
    }
    this.needing.set(exemptions);
    this.down.set(machinesDown);
    for (const [state, count] of Object.entries(effects)) this.effects.set({ state }, count);
    this.queueUp.set(queues === null ? 0 : 1);
    this.queues.reset();
    for (const [queue, count] of Object.entries(queues ?? {})) this.queues.set({ queue }, count);
    return this.registry.metrics();
  }

  private gauge<T extends string>(name: string, help: string, labelNames: readonly T[]): Gauge<T> {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }
}

interface HealthAnswer {
  readonly status: number;
  readonly text: string;
}

/** `/livez`, `/readyz` and `/metrics` of the worker: it serves nothing else. */
export function workerHealth(source: HealthSource): Server {
  const metrics = new WorkerMetrics(source);
  const answerTo = async (path: string | undefined): Promise<HealthAnswer> => {
    if (path === '/livez') return { status: 200, text: 'alive\n' };
    if (path === '/metrics') return { status: 200, text: await metrics.text() };
    if (path !== '/readyz') return { status: 404, text: 'not found\n' };
    return (await source.isReady()) ? { status: 200, text: 'ready\n' } : { status: 503, text: 'not ready\n' };
  };
  return createServer((request, response) => {
    answerTo(request.url?.split('?')[0])
      .catch((): HealthAnswer => ({ status: 503, text: 'the database does not answer\n' }))
      .then(({ status, text }) => response.writeHead(status, { 'content-type': textType }).end(text))
      .catch(() => response.destroy()); // the caller has gone
  });
}

/** Of the Prometheus text format, and of plain words. */
const textType = 'text/plain; version=0.0.4; charset=utf-8';
