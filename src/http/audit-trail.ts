import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RecordAccess, type Access } from '../application/record-access.js';
import type { Caller } from '../domain/access/actor.js';
import type { RefusalKind, RefusedError } from '../domain/refusals.js';
import { ApiLog } from './api-log.js';
import { answerOf } from './problems/problem.js';
import { RefusalTally, type CountedRefusals } from './refusal-tally.js';
import type { AnyRoute } from './route.js';

/** Refusals that say something of whoever was refused: what is malformed or too often is counted in metrics only. */
const recorded: readonly RefusalKind[] = ['forbidden', 'not-found', 'conflict', 'final', 'stale', 'policy'];

/** How often counts are written, and how many are kept while they cannot be. */
const flushEveryMs = 15_000;
const mostOwed = 1_000;

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** Ids of a body that say what a refused attempt was about. */
const idsOfBodies = ['subscriptionId', 'exemptionId', 'violationId'] as const;

/**
 * Has an audit entry written, before the answer goes out, of every read of what is sensitive and of every refused
 * attempt (docs/audit.md). Where it cannot be written, the answer is 503: nobody looks unseen. Who is refused again and
 * again within a minute is counted, and the count is an entry when the minute is over.
 */
@Injectable()
export class AuditTrail implements OnModuleDestroy {
  private readonly tally = new RefusalTally();
  /** Counts that could not be written yet, oldest first. */
  private owed: readonly CountedRefusals[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly access: RecordAccess,
    private readonly log: ApiLog,
  ) {}

  /** Hooks into Fastify. A replayed answer is no new attempt, and passes. */
  watch(server: FastifyInstance): void {
    server.addHook('onSend', (request, reply, payload, done) => {
      const access = accessIn(request, reply.statusCode);
      if (access === null) {
        done(null, payload);
        return;
      }
      const { traceId } = request.postern;
      const caller = request.postern.caller as Caller;
      if (access.action === 'refused' && !this.tally.isRecordedAlone(caller, traceId, access)) {
        this.timer ??= setInterval(() => void this.flush(false), flushEveryMs).unref();
        done(null, payload);
        return;
      }
      this.access.run({ actor: caller, traceId }, access).then(
        () => done(null, payload),
        (error: unknown) => done(null, this.unavailable(error, request, reply)),
      );
    });
  }

  async onModuleDestroy(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.flush(true);
  }

  /** Writes what was counted in minutes that are over, or everything at the end. What cannot be written is tried again. */
  async flush(isEnd: boolean): Promise<void> {
    const lines = [...this.owed, ...this.tally.take(isEnd)];
    this.owed = [];
    for (const line of lines) {
      const { caller, traceId, access } = line;
      await this.access.run({ actor: caller, traceId }, access).catch((error: unknown) => {
        this.log.failure(error, traceId);
        if (this.owed.length < mostOwed) this.owed = [...this.owed, line];
      });
    }
  }

  private unavailable(error: unknown, request: FastifyRequest, reply: FastifyReply): string {
    const { traceId } = request.postern;
    this.log.failure(error, traceId);
    const answer = answerOf(error, request.url.split('?')[0] ?? '', traceId);
    for (const name of ['etag', 'location', 'link', 'content-length']) reply.removeHeader(name);
    void reply.status(answer.status).headers({ ...answer.headers });
    return JSON.stringify(answer.body);
  }
}

function accessIn(request: FastifyRequest, status: number): Access | null {
  const state = request.postern as FastifyRequest['postern'] | null;
  if (state === null || state.caller === null || state.definition === null) return null;
  const { caller, definition, refusal } = state;
  if (refusal !== undefined)
    return recorded.includes(refusal.kind) ? refused(request, definition, refusal, status) : null;
  const isRead =
    definition.records === 'read' ||
    (definition.records === 'read-by-staff' && caller.tenantKind === 'platform');
  return isRead && status < 300 ? access('read', request, definition, {}) : null;
}

function refused(
  request: FastifyRequest,
  definition: AnyRoute,
  { refusals }: RefusedError,
  status: number,
): Access {
  const body = Object(request.body ?? {}) as Readonly<Record<string, unknown>>;
  const named = idsOfBodies.flatMap((name) => (isId(body[name]) ? [[name, body[name].toLowerCase()]] : []));
  return access('refused', request, definition, {
    status,
    codes: refusals.map(({ code }) => code),
    ...(named.length === 0 ? {} : { about: Object.fromEntries(named) as object }),
  });
}

/** About whom: what the path names, or else the route itself. A person's own id is never kept (docs/privacy.md). */
function access(
  action: Access['action'],
  request: FastifyRequest,
  definition: AnyRoute,
  details: Readonly<Record<string, unknown>>,
): Access {
  const route = `${definition.method} ${definition.path}`;
  const [first] = Object.values(Object(request.params ?? {}) as object).filter(isId);
  const isNamed = first !== undefined && definition.probe !== 'person';
  const [fixed = ''] = definition.path.replace(/^\/v1\/(admin\/)?/, '').split(':');
  const type = definition.probe ?? fixed.replace(/\/$/, '');
  return {
    action,
    subject: isNamed ? { type, id: first.toLowerCase() } : { type: 'route', id: definition.path },
    details: { route, ...details },
  };
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value);
}
