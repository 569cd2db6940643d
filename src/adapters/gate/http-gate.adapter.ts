import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { GatePosition } from '../../domain/gate/gate.js';
import { GateControl, type GateMoveAnswer, type GateReadAnswer } from '../../domain/ports/gate-control.js';

const view = z.object({
  gate: z.enum(['open', 'closed']),
  fence: z.number().int(),
  movedAt: z.string().nullable(),
  appliesTo: z.enum(['running', 'next-start']).default('next-start'),
});

/** Headers for one call, made from its body: none for the emulator, a signature for the operator's own fabric. */
export type GateHeaders = (body: string) => Readonly<Record<string, string>>;

/**
 * The platform's switch behind an HTTP route: `PUT {base}/subscriptions/{id}/gate` with `{gate, fence}`. The emulator's
 * switchboard and the operator's fabric speak alike; they differ in how a call is authenticated.
 */
@Injectable()
export class HttpGate extends GateControl {
  constructor(
    private readonly baseUrl: string,
    private readonly headersFor: GateHeaders,
  ) {
    super();
  }

  override async read(subscriptionId: string): Promise<GateReadAnswer> {
    const answer = await this.call('GET', subscriptionId, '');
    if (answer.kind !== 'answered') return answer;
    const parsed = view.safeParse(answer.body);
    if (answer.status !== 200 || !parsed.success) return unavailable(`http-${String(answer.status)}`, null);
    const { gate, fence, movedAt, appliesTo } = parsed.data;
    return {
      kind: 'read',
      position: gate,
      fence,
      movedAt: movedAt === null ? null : new Date(movedAt).toISOString(),
      appliesTo,
    };
  }

  override async move(
    subscriptionId: string,
    position: GatePosition,
    fence: number,
  ): Promise<GateMoveAnswer> {
    const answer = await this.call('PUT', subscriptionId, JSON.stringify({ gate: position, fence }));
    if (answer.kind !== 'answered') return answer;
    if (answer.status === 409) return this.refused(subscriptionId, answer.body);
    const parsed = view.safeParse(answer.body);
    if (answer.status !== 200 || !parsed.success) return unavailable(`http-${String(answer.status)}`, null);
    const moved = parsed.data;
    if (moved.fence !== fence || moved.gate !== position || moved.movedAt === null) {
      return unavailable('answer-contradicts-order', null);
    }
    return {
      kind: 'moved',
      fence,
      movedAt: new Date(moved.movedAt).toISOString(),
      appliesTo: moved.appliesTo,
    };
  }

  /** The refusal may or may not say where the gate stands: where it does not, the gate is read. */
  private async refused(subscriptionId: string, body: unknown): Promise<GateMoveAnswer> {
    const parsed = z.object({ fence: z.number().int() }).safeParse(body);
    if (parsed.success) return { kind: 'fence-too-small', theirFence: parsed.data.fence };
    const reading = await this.read(subscriptionId);
    return reading.kind === 'read' ? { kind: 'fence-too-small', theirFence: reading.fence } : reading;
  }

  private async call(method: 'GET' | 'PUT', subscriptionId: string, body: string) {
    const url = `${this.baseUrl.replace(/\/$/, '')}/subscriptions/${subscriptionId}/gate`;
    try {
      const response = await fetch(url, {
        method,
        headers: {
          ...this.headersFor(body),
          ...(method === 'PUT' ? { 'content-type': 'application/json' } : {}),
        },
        ...(method === 'PUT' ? { body } : {}),
        redirect: 'error',
        signal: AbortSignal.timeout(10_000),
      });
      if (response.status === 429 || response.status >= 500) {
        const after = Number(response.headers.get('retry-after') ?? Number.NaN);
        await response.body?.cancel();
        return unavailable(`http-${String(response.status)}`, Number.isFinite(after) ? after : null);
      }
      return { kind: 'answered', status: response.status, body: (await response.json()) as unknown } as const;
    } catch {
      // Reset, time-out, no JSON: nothing was learnt. The order is repeated with the same fence, which is safe.
      return unavailable('no-answer', null);
    }
  }
}

function unavailable(code: string, retryAfterSeconds: number | null) {
  return { kind: 'unavailable', code, retryAfterSeconds } as const;
}
