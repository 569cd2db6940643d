import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { ClockWatch } from '../../domain/ports/clock-watch.js';
import { Readiness, type PoolFigures } from '../../domain/ports/readiness.js';
import { sinceWritesRefused } from './database-errors.js';

/** Who asks again within a second is told the same: the answer costs a connection. */
const rememberedMs = 1_000;
/** How long a write that was refused, because the disk is full or the database read-only, speaks against being ready. */
const refusedWriteMs = 10_000;

/** A standby, or a database that only reads. */
const question = `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS "isReadOnly"`;

/**
 * Ready while it does not drain, the database answers within a second, has about the same time, and can be written to as far
 * as that is known.
 */
@Injectable()
export class StoreReadiness extends Readiness {
  private draining = false;
  private asked: { readonly at: number; readonly answer: Promise<boolean> } | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clocks: ClockWatch,
  ) {
    super();
  }

  override async isReady(): Promise<boolean> {
    if (this.draining) return false;
    const now = performance.now();
    if (this.asked === null || now - this.asked.at >= rememberedMs)
      this.asked = { at: now, answer: this.isWritable() };
    const answer = await this.asked.answer;
    return answer && !this.isDraining() && sinceWritesRefused() >= refusedWriteMs;
  }

  /** Asked again after a wait: a drain may have begun meanwhile. */
  private isDraining(): boolean {
    return this.draining;
  }

  private async isWritable(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), 1_000);
    });
    const answers = Promise.all([
      this.dataSource.query<{ isReadOnly: boolean }[]>(question),
      this.clocks.look(),
    ]).then(
      ([[row], { isAstray }]) => row?.isReadOnly === false && !isAstray,
      () => false,
    );
    return Promise.race([answers, late]).finally(() => clearTimeout(timer));
  }

  override drain(): void {
    this.draining = true;
  }

  override connections(): PoolFigures {
    const { master } = this.dataSource.driver as unknown as { readonly master?: Pool };
    if (master === undefined) return { busy: 0, idle: 0, waiting: 0 }; // not connected yet
    const { totalCount, idleCount, waitingCount } = master;
    return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }
}
