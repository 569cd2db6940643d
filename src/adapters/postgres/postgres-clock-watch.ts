import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Clock } from '../../domain/ports/clock.js';
import { ClockWatch, type ClockReading } from '../../domain/ports/clock-watch.js';

const right: ClockReading = { aheadMs: 0, isAstray: false };

/**
 * Asks the database for its time between two looks at our own. Between them our clock showed everything that it may have
 * shown at that moment, so that a slow answer is never taken for a wrong clock.
 */
@Injectable()
export class PostgresClockWatch extends ClockWatch {
  private reading = right;

  constructor(
    private readonly dataSource: Pick<DataSource, 'query'>,
    private readonly clock: Clock,
    private readonly toleranceMs: number,
  ) {
    super();
  }

  override async look(): Promise<ClockReading> {
    const before = Date.parse(this.clock.now());
    const [row] = await this.dataSource.query<{ at: string }[]>(
      `SELECT extract(epoch FROM clock_timestamp()) * 1000 AS at`,
    );
    const after = Date.parse(this.clock.now());
    const at = Number(row?.at);
    const aheadMs = before > at ? before - at : Math.min(0, after - at);
    this.reading = { aheadMs, isAstray: Math.abs(aheadMs) > this.toleranceMs };
    return this.reading;
  }

  override last(): ClockReading {
    return this.reading;
  }
}
