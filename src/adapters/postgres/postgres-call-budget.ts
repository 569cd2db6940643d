import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import {
  type CallBucket,
  type CloudWord,
  type Taking,
  fullBucket,
  heardOf,
  isNoNews,
  takeToken,
} from '../../domain/enforcement/call-bucket.js';
import { CallBudget, type CallCharge } from '../../domain/ports/call-budget.js';
import type { Clock } from '../../domain/ports/clock.js';
import { translated } from './database-errors.js';
import { runPreparedAlone } from './prepared.js';

/** A bucket as it was last seen, and under which number. 0 is not yet written. */
interface Known {
  readonly bucket: CallBucket;
  readonly version: number;
}

/** One change to a bucket: the bucket after it, and what the caller is told once that is written. */
type Change = (bucket: CallBucket) => { readonly bucket: CallBucket; readonly tell: () => void };

interface Waiting {
  readonly change: Change;
  readonly fail: (error: unknown) => void;
}

/**
 * Buckets in an unlogged table. A wrong clock writes none: its line would reach into a time that is not there yet (F29). Changes of one process to one bucket are written together, in one statement that is
 * refused where another process wrote meanwhile; then they are made again on what that one left.
 */
@Injectable()
export class PostgresCallBudget extends CallBudget {
  private readonly known = new Map<string, Known>();
  private readonly waiting = new Map<string, Waiting[]>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly options: { readonly chance?: () => number; readonly toleranceMs?: number } = {},
  ) {
    super();
  }

  override take(charge: CallCharge): Promise<Taking> {
    return this.change(charge, (bucket, nowMs) => {
      const { bucket: after, taking } = takeToken(bucket, charge.size, { ...charge, nowMs });
      return { bucket: after, result: taking };
    });
  }

  override async heard(charge: CallCharge, word: CloudWord): Promise<void> {
    const known = this.known.get(keyOf(charge));
    if (known !== undefined && isNoNews(known.bucket, word)) return;
    await this.change(charge, (bucket, nowMs) => ({
      bucket: heardOf(bucket, charge.size, word, { nowMs, chance: (this.options.chance ?? Math.random)() }),
      result: undefined,
    }));
  }

  private change<T>(
    charge: CallCharge,
    work: (bucket: CallBucket, nowMs: number) => { readonly bucket: CallBucket; readonly result: T },
  ): Promise<T> {
    const key = keyOf(charge);
    return new Promise<T>((resolve, reject) => {
      const change: Change = (bucket) => {
        const { bucket: after, result } = work(bucket, this.nowMs());
        return { bucket: after, tell: () => resolve(result) };
      };
      const line = this.waiting.get(key);
      const entry = { change, fail: reject };
      if (line !== undefined) line.push(entry);
      else {
        this.waiting.set(key, [entry]);
        void this.writeAll(key, charge);
      }
    });
  }

  /** Writes whatever is waiting, and what came in meanwhile, until nothing is. */
  private async writeAll(key: string, charge: CallCharge): Promise<void> {
    for (let line = this.waiting.get(key) ?? []; line.length > 0; line = this.waiting.get(key) ?? []) {
      this.waiting.set(key, []);
      try {
        for (const tell of await this.write(key, charge, line)) tell();
      } catch (error) {
        this.known.delete(key);
        for (const { fail } of line) fail(translated(error));
      }
    }
    this.waiting.delete(key);
  }

  private async write(
    key: string,
    charge: CallCharge,
    line: readonly Waiting[],
  ): Promise<readonly (() => void)[]> {
    for (let known = this.known.get(key); ; known = undefined) {
      const { bucket, version } = known ?? (await this.read(key, charge));
      const tells: (() => void)[] = [];
      let after = bucket;
      for (const { change } of line) {
        const changed = change(after);
        after = changed.bucket;
        tells.push(changed.tell);
      }
      if (await this.isWritten(key, after, version)) {
        this.known.set(key, { bucket: after, version: version + 1 });
        return tells;
      }
    }
  }

  private async read(key: string, { size }: CallCharge): Promise<Known> {
    const rows = await this.dataSource.query<{ bucket: CallBucket; version: string }[]>(
      `SELECT bucket, version FROM call_buckets WHERE key = $1`,
      [key],
    );
    const [row] = rows;
    if (row === undefined) return { bucket: fullBucket(size, this.nowMs()), version: 0 };
    return { bucket: row.bucket, version: Number(row.version) };
  }

  private async isWritten(key: string, bucket: CallBucket, version: number): Promise<boolean> {
    const rows = await runPreparedAlone(
      this.dataSource,
      `INSERT INTO call_buckets AS kept (key, version, bucket) SELECT $1, 1, $2::jsonb FROM clock_must_agree($4::timestamptz, $5::double precision)
       WHERE $3::bigint = 0 OR EXISTS (SELECT FROM call_buckets WHERE key = $1)
       ON CONFLICT (key) DO UPDATE SET bucket = excluded.bucket, version = kept.version + 1, touched_at = now()
         WHERE kept.version = $3::bigint
       RETURNING key`,
      [key, JSON.stringify(bucket), version, this.clock.now(), this.options.toleranceMs ?? null],
    );
    return rows.length === 1;
  }

  private nowMs(): number {
    return Date.parse(this.clock.now());
  }
}

function keyOf({ subscriptionId, region, policy }: CallCharge): string {
  return `${subscriptionId}/${region}/${policy}`.toLowerCase();
}
