import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Instant } from '../../domain/instants.js';
import {
  EffectLedger,
  type Claim,
  type ClaimedEffect,
  type ClaimOptions,
  type EffectLease,
  type FailureOutcome,
  type StoredEffect,
} from '../../domain/ports/effect-store.js';
import type { EffectType } from '../../domain/effects.js';
import { claimByTurn, claimFew, priorityCondition } from './claim-due.js';
import { storedEffectOf } from './effect.store.js';
import type { LocalWake } from './local-wake.js';
import { runPreparedAlone } from './prepared.js';

type Row = Readonly<Record<string, unknown>>;

/** No limit. */
const mostOfAnything = 1_000_000_000;

/** The outbox as relay, processor and sweep see it, one statement each: none of them holds a transaction open. */
@Injectable()
export class PostgresEffectLedger extends EffectLedger {
  constructor(
    private readonly dataSource: DataSource,
    private readonly wake: LocalWake,
  ) {
    super();
  }

  override async claimDue(
    limit: number,
    now: Instant,
    { passedOver = [], mostOfTenant = mostOfAnything }: ClaimOptions = {},
  ): Promise<Claim> {
    const among = priorityCondition(passedOver);
    if (among === null) return claimOf([], { isMore: false, isHeldBack: false });
    const parameters = [now, limit, mostOfTenant];
    const few = await this.claimed(claimFew(among), parameters);
    if (few.due < limit) return claimOf(few.effects, { isMore: false, isHeldBack: few.heldBack });
    const { effects, heldBack } = await this.claimed(claimByTurn(among), parameters);
    return claimOf(effects, { isMore: effects.length > 0, isHeldBack: heldBack });
  }

  private async claimed(
    sql: string,
    parameters: readonly unknown[],
  ): Promise<{
    readonly effects: readonly ClaimedEffect[];
    readonly due: number;
    readonly heldBack: boolean;
  }> {
    const rows = await this.dataSource.query<readonly Row[]>(sql, [...parameters]);
    const effects = rows.flatMap(({ id, type, epoch, turn }) =>
      typeof id === 'string'
        ? [{ id, type: type as EffectType, epoch: Number(epoch), turn: Number(turn) }]
        : [],
    );
    return { effects, due: Number(rows[0]?.due ?? 0), heldBack: rows[0]?.held_back === true };
  }

  override async returnToPending(ids: readonly string[], dueAt: Instant): Promise<void> {
    await this.changed(
      `UPDATE effects SET state = 'pending', epoch = epoch + 1, dispatched_at = NULL, due_at = $2
       WHERE id = ANY ($1::uuid[]) AND state = 'dispatched' AND lease_token IS NULL`,
      [ids, dueAt],
    );
  }

  /**
   * A lease that ran out is not taken over here, also when the queue delivers the job again: the sweep asks again under
   * a new epoch, and counts the loss, so that a job that kills its workers is set aside within three tries (F14).
   */
  override async takeLease(
    id: string,
    epoch: number,
    leaseMs: number,
  ): Promise<{ readonly effect: StoredEffect; readonly lease: EffectLease } | null> {
    const token = randomUUID();
    const begun = performance.now();
    const [row] = await runPreparedAlone(
      this.dataSource,
      `UPDATE effects SET lease_token = $3, lease_until = clock_timestamp() + make_interval(secs => $4::double precision / 1000)
       WHERE id = $1 AND epoch = $2 AND state = 'dispatched' AND lease_token IS NULL
       RETURNING id, type, payload, state, epoch, attempts, losses, due_at, created_at, last_error`,
      [id, epoch, token, leaseMs],
    );
    if (row === undefined) return null;
    return { effect: storedEffectOf(row), lease: new MonotonicLease(id, token, begun + leaseMs) };
  }

  override async extendLease(lease: EffectLease, leaseMs: number): Promise<boolean> {
    const begun = performance.now();
    const rows = await runPreparedAlone(
      this.dataSource,
      `UPDATE effects SET lease_until = clock_timestamp() + make_interval(secs => $3::double precision / 1000)
       WHERE id = $1 AND lease_token = $2 AND lease_until > clock_timestamp() RETURNING id`,
      [lease.effectId, lease.token, leaseMs],
    );
    if (rows.length === 1 && lease instanceof MonotonicLease) lease.until = begun + leaseMs;
    return rows.length === 1;
  }

  override async recordFailure(lease: EffectLease, error: string, outcome: FailureOutcome): Promise<boolean> {
    const dueAt = outcome.kind === 'retried' ? outcome.dueAt : null;
    const rows = await this.changed(
      `UPDATE effects SET attempts = attempts + 1, last_error = $3, epoch = epoch + 1, lease_token = NULL, lease_until = NULL,
         dispatched_at = NULL, losses = 0, asked_again = false, state = CASE WHEN $4::timestamptz IS NULL THEN 'dead' ELSE 'pending' END,
         due_at = coalesce($4::timestamptz, due_at), ended_at = CASE WHEN $4::timestamptz IS NULL THEN now() END
       WHERE id = $1 AND lease_token = $2 RETURNING id`,
      [lease.effectId, lease.token, error, dueAt],
    );
    return rows.length === 1;
  }

  override async giveBack(lease: EffectLease): Promise<void> {
    await this.changed(
      `UPDATE effects SET state = 'pending', epoch = epoch + 1, lease_token = NULL, lease_until = NULL, dispatched_at = NULL,
         asked_again = false, due_at = least(due_at, clock_timestamp())
       WHERE id = $1 AND lease_token = $2 AND state = 'dispatched' RETURNING id`,
      [lease.effectId, lease.token],
    );
  }

  override async drawIn(longestMs: Readonly<Record<EffectType, number>>): Promise<number> {
    const rows = await this.changed(
      `UPDATE effects SET due_at = clock_timestamp() FROM jsonb_each_text($1::jsonb) longest
       WHERE effects.state = 'pending' AND effects.type = longest.key
         AND effects.due_at > clock_timestamp() + make_interval(secs => longest.value::double precision / 1000)
       RETURNING effects.id`,
      [JSON.stringify(longestMs)],
    );
    return rows.length;
  }

  override async sweepLost(
    now: Instant,
    lostAfterMs: number,
    maxLosses: number,
  ): Promise<{ readonly again: number; readonly dead: readonly StoredEffect[] }> {
    const rows = await this.changed(
      `WITH lost AS (
         SELECT id FROM effects WHERE state = 'dispatched'
           AND ((lease_until IS NOT NULL AND lease_until <= clock_timestamp())
             OR (lease_until IS NULL AND dispatched_at <= clock_timestamp() - make_interval(secs => $2::double precision / 1000)))
         ORDER BY dispatched_at LIMIT 1000 FOR UPDATE SKIP LOCKED
       )
       UPDATE effects SET
         -- Only a lease that ran out is a loss of a worker's: what nobody took up was lost by the queue.
         losses = losses + CASE WHEN lease_token IS NULL THEN 0 ELSE 1 END,
         state = CASE WHEN lease_token IS NOT NULL AND losses + 1 >= $3 THEN 'dead' ELSE 'pending' END,
         ended_at = CASE WHEN lease_token IS NOT NULL AND losses + 1 >= $3 THEN now() END,
         last_error = CASE WHEN lease_token IS NOT NULL THEN 'its worker was lost' ELSE last_error END,
         epoch = epoch + 1, lease_token = NULL, lease_until = NULL, dispatched_at = NULL, due_at = least(due_at, $1)
       FROM lost WHERE effects.id = lost.id RETURNING effects.*`,
      [now, lostAfterMs, maxLosses],
    );
    const dead = rows.map(storedEffectOf).filter((effect) => effect.state === 'dead');
    return { again: rows.length - dead.length, dead };
  }

  override onCommitted(wake: () => void): () => void {
    return this.wake.listen(wake);
  }

  /** UPDATE … RETURNING through TypeORM gives rows and their number. */
  private async changed(sql: string, parameters: readonly unknown[]): Promise<readonly Row[]> {
    const [rows] = await this.dataSource.query<[readonly Row[], number]>(sql, [...parameters]);
    return rows;
  }
}

/** Effects with what else is known of their claim; to whoever goes through them they are a list as any other. */
function claimOf(effects: readonly ClaimedEffect[], rest: Pick<Claim, 'isMore' | 'isHeldBack'>): Claim {
  const told = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, { value }]));
  return Object.defineProperties([...effects], told) as readonly ClaimedEffect[] as Claim;
}

/** A lease with its end on this process's monotonic clock, counted from before it was asked for: never too late. */
class MonotonicLease implements EffectLease {
  constructor(
    readonly effectId: string,
    readonly token: string,
    public until: number,
  ) {}

  isHeld(): boolean {
    return performance.now() < this.until;
  }
}
