import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import type { DataSource } from 'typeorm';
import type { Actor } from '../../domain/access/actor.js';
import { addMilliseconds } from '../../domain/instants.js';
import { UnitOfWork, type Frame, type Transaction } from '../../domain/ports/unit-of-work.js';
import { RefusedError } from '../../domain/refusals.js';
import { databaseRoleOf } from './database-roles.js';
import { isTransient, isWrittenInARead, translated } from './database-errors.js';
import { IdempotencyKeys } from './idempotency.js';
import type { LocalWake } from './local-wake.js';
import { PostgresTransaction, type TransactionSettings } from './postgres-transaction.js';
import { SqlSession } from './sql-session.js';

const mostTries = 3;

/** The only way to a store: one transaction with the caller's tenant and role set in it. */
@Injectable()
export class PostgresUnitOfWork extends UnitOfWork {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: TransactionSettings,
    private readonly wake: LocalWake,
  ) {
    super();
  }

  override async run<T>(frame: Frame, work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      return await this.tried(frame, work);
    } catch (error) {
      const told = translated(error);
      if (told instanceof RefusedError) await this.storeRefusal(frame, told);
      throw told;
    }
  }

  override async read<T>(frame: Pick<Frame, 'actor'>, work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      return await this.transaction(frame.actor, 'READ ONLY', (sql) =>
        work(new PostgresTransaction(sql, { actor: frame.actor, traceId: null }, this.settings)),
      );
    } catch (error) {
      // This transaction is told to read only: what it writes is a fault of ours, and no word on the store.
      throw isWrittenInARead(error) ? error : translated(error);
    }
  }

  private async tried<T>(frame: Frame, work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(frame, work);
      } catch (error) {
        if (attempt >= mostTries || !isWorthAnotherTry(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 40 * attempt));
      }
    }
  }

  private async once<T>(frame: Frame, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { value, wakes } = await this.transaction(frame.actor, 'READ WRITE', async (sql) => {
      const tx = new PostgresTransaction(sql, frame, this.settings);
      const result = await work(tx);
      if (frame.idempotency !== undefined && !(await tx.keys.store(frame.idempotency.render(result))))
        throw new AnsweredMeanwhile();
      return { value: result, wakes: tx.finish() };
    });
    if (wakes) this.wake.now();
    return value;
  }

  /** A refusal has no effect, but its answer is kept for whoever repeats the question. */
  private async storeRefusal(frame: Frame, error: RefusedError): Promise<void> {
    const aboutTheKey = error.refusals.some(({ code }) => code.startsWith('idempotency-key-'));
    const answer = aboutTheKey ? null : (frame.idempotency?.renderRefusal(error) ?? null);
    if (answer === null) return;
    try {
      await this.transaction(frame.actor, 'READ WRITE', (sql) =>
        new IdempotencyKeys(sql, frame.actor, frame.idempotency).store(answer),
      );
    } catch (failure) {
      throw translated(failure);
    }
  }

  /**
   * BEGIN and the caller's settings are one message, sent ahead of the first statement; the settings are the
   * transaction's own, never the session's. Whatever failed first is told, for all after it fails with it.
   */
  private async transaction<T>(
    actor: Actor,
    mode: 'READ ONLY' | 'READ WRITE',
    work: (sql: SqlSession) => Promise<T>,
  ): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const connection = (await runner.connect()) as pg.ClientBase;
      const sql = new SqlSession(runner.manager, connection);
      sql.send(
        connection.query(
          `BEGIN ${mode}; ${settingsOf(actor, this.settings)}${mode === 'READ WRITE' ? heldFor(actor) : ''}`,
        ),
      );
      try {
        const value = await work(sql);
        // What was read stands, whatever becomes of the end; whoever has the connection next comes after it.
        if (mode === 'READ ONLY') await sql.settled();
        // COMMIT of a transaction in which a statement failed rolls back without a word; SELECT fails there.
        sql.send(connection.query('SELECT 1; COMMIT'));
        if (mode === 'READ WRITE') await sql.settled();
        return value;
      } catch (error) {
        await rollBack(connection);
        await sql.settled();
        throw error;
      }
    } finally {
      await runner.release();
    }
  }
}

/**
 * The same key was answered by a commit between this transaction's look and its lock, so that what it did would have
 * been a second effect (I11): it goes back, and the next try finds the answer.
 */
class AnsweredMeanwhile extends Error {
  constructor() {
    super('the idempotency key was answered meanwhile');
    this.name = 'AnsweredMeanwhile';
  }
}

function isWorthAnotherTry(error: unknown): boolean {
  return error instanceof AnsweredMeanwhile || isTransient(error);
}

/**
 * Who asks, as the database's policies see it, and when. Values come from verified tokens; they are quoted all the
 * same, because they stand in the statement.
 */
function settingsOf(actor: Actor, settingsOfStore: TransactionSettings): string {
  const { clock, relationshipsFreshForMs, clockToleranceMs } = settingsOfStore;
  const now = clock.now();
  const values = {
    'app.tenant': actor.kind === 'caller' ? actor.tenantId : '',
    'app.now': now,
    'app.fresh_since': addMilliseconds(now, -relationshipsFreshForMs),
  };
  const settings = Object.entries(values).map(
    ([name, value]) => `set_config('${name}', ${quoted(value)}, true)`,
  );
  const agreed =
    clockToleranceMs === undefined ? '' : `, clock_must_agree(${quoted(now)}, ${String(clockToleranceMs)})`;
  return `SET LOCAL ROLE ${databaseRoleOf(actor)}; SELECT ${settings.join(', ')}${agreed}`;
}

/** Whoever writes is held until the commit: an erasure comes before all of it or after all of it (docs/privacy.md). */
function heldFor(actor: Actor): string {
  if (actor.kind !== 'caller') return '';
  const [tenant, object] = [actor.tenantId, actor.objectId].map(quoted);
  return `, pg_advisory_xact_lock_shared(person_key(${tenant ?? ''}, ${object ?? ''}))`;
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A connection that died rolls back by itself; its own error has been told already. */
async function rollBack(connection: pg.ClientBase): Promise<void> {
  await connection.query('ROLLBACK').catch(() => undefined);
}
