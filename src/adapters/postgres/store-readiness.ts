import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Readiness } from '../../domain/ports/readiness.js';

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
}
