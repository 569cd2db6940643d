import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { GatePosition } from '../../domain/gate/gate.js';
import { GateControl, type GateMoveAnswer, type GateReadAnswer } from '../../domain/ports/gate-control.js';
import { instantOf, readCapped, retryAfterSeconds } from '../http-values.js';

const view = z.object({
  gate: z.enum(['open', 'closed']),
  fence: z.number().int(),
  movedAt: z.string().nullable(),
  appliesTo: z.enum(['running', 'next-start']).default('next-start'),
});
const theirs = z.object({ fence: z.number().int() });

export interface GateCall {
  readonly method: 'GET' | 'PUT';
  readonly subscriptionId: string;
  readonly body: string;
}

/** Headers for one call: none for the emulator, a signature for the operator's own fabric. */
export type GateHeaders = (call: GateCall) => Readonly<Record<string, string>>;

const longestMs = 10_000;
const mostBytes = 64 * 1024;

type Answered = { readonly kind: 'answered'; readonly status: number; readonly body: unknown };
type Unavailable = Extract<GateReadAnswer, { readonly kind: 'unavailable' }>;

/**
 * The platform's switch behind an HTTP route: `PUT {base}/subscriptions/{id}/gate` with `{gate, fence}`. The emulator's
 * switchboard and the operator's fabric speak alike; they differ in how a call is authenticated.
 */
@Injectable()
export class HttpGate extends GateControl {
  constructor(
    private readonly baseUrl: string,
    private readonly headersFor: GateHeaders,
    private readonly timeoutMs: number = longestMs,
  ) {
    super();
  }

  override async read(subscriptionId: string): Promise<GateReadAnswer> {
    const answer = await this.call({ method: 'GET', subscriptionId, body: '' });
    if (answer.kind !== 'answered') return answer;
    const parsed = view.safeParse(answer.body);
    if (answer.status !== 200 || !parsed.success) return notUnderstood(answer);
    const { gate, fence, movedAt, appliesTo } = parsed.data;
    const at = instantOf(movedAt);
    if (movedAt !== null && at === null) return unavailable('answer-not-understood');
    return { kind: 'read', position: gate, fence, movedAt: at, appliesTo };
  }

  override async move(
    subscriptionId: string,
    position: GatePosition,
    fence: number,
  ): Promise<GateMoveAnswer> {
    const answer = await this.call({
      method: 'PUT',
      subscriptionId,
      body: JSON.stringify({ gate: position, fence }),
    });
    if (answer.kind !== 'answered') return answer;
    if (answer.status === 409) return this.refused(subscriptionId, fence, answer.body);
    const parsed = view.safeParse(answer.body);
    if (answer.status !== 200 || !parsed.success) return notUnderstood(answer);
    const moved = parsed.data;
    const movedAt = instantOf(moved.movedAt);
    if (moved.fence !== fence || moved.gate !== position || movedAt === null) {
      return unavailable('answer-contradicts-order');
    }
    return { kind: 'moved', fence, movedAt, appliesTo: moved.appliesTo };
  }

  /** The refusal may or may not say where the gate stands: where it does not, the gate is read. */
  private async refused(subscriptionId: string, fence: number, body: unknown): Promise<GateMoveAnswer> {
    const told = theirs.safeParse(body);
    const reading = told.success ? { kind: 'read' as const, ...told.data } : await this.read(subscriptionId);
    if (reading.kind !== 'read') return reading;
    // A gate at a smaller fence has no reason to refuse ours: this conflict is about something else.
    if (reading.fence < fence) return unavailable('answer-contradicts-order');
    return { kind: 'fence-too-small', theirFence: reading.fence };
  }

  private async call(call: GateCall): Promise<Answered | Unavailable> {
    const { method, subscriptionId, body } = call;
    const url = `${this.baseUrl.replace(/\/$/, '')}/subscriptions/${subscriptionId}/gate`;
    try {
      const response = await fetch(url, {
        method,
        headers: {
          ...this.headersFor(call),
          ...(method === 'PUT' ? { 'content-type': 'application/json' } : {}),
        },
        ...(method === 'PUT' ? { body } : {}),
        redirect: 'error',
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      return await read(response);
    } catch {
      // Reset, time-out, redirect: nothing was learnt. The order is repeated with the same fence, which is safe.
      return unavailable('no-answer');
    }
  }
}

async function read(response: Response): Promise<Answered | Unavailable> {
  const { status, headers } = response;
  if (status === 429 || status >= 500) {
    await response.body?.cancel();
    return unavailable(`http-${String(status)}`, retryAfterSeconds(headers));
  }
  const text = await readCapped(response, mostBytes);
  return text === null ? unavailable('answer-too-large') : { kind: 'answered', status, body: parse(text) };
}

/** Null for what is no JSON: a 409 says enough by its status, and for everything else null is no answer. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function notUnderstood({ status }: Answered): Unavailable {
  return unavailable(status === 200 ? 'answer-not-understood' : `http-${String(status)}`);
}

function unavailable(code: string, retryAfter: number | null = null): Unavailable {
  return { kind: 'unavailable', code, retryAfterSeconds: retryAfter };
}
