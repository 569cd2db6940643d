import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { Readiness, type PoolFigures } from '../../domain/ports/readiness.js';

/** Ready while it does not drain and the database answers within a second. */
@Injectable()
export class StoreReadiness extends Readiness {
  private draining = false;

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async isReady(): Promise<boolean> {
    if (this.draining) return false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), 1_000);
    });
    const answers = this.dataSource.query('SELECT 1').then(
      () => true,
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
