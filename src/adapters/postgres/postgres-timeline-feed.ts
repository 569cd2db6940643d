import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { TimelineFeed } from '../../domain/ports/timeline-feed.js';
import { queryUnscoped } from './database-roles.js';

const everyMs = 500;

interface Watched {
  last: number;
  readonly wakes: Set<() => void>;
}

/**
 * One question twice a second for all timelines that somebody watches in this process, and none while nobody does.
 * It tells nobody more than that there may be something new: whoever watches looks again in its own scope.
 * NOTIFY would be faster, and takes a lock that every commit of the cluster waits for.
 */
@Injectable()
export class PostgresTimelineFeed extends TimelineFeed implements OnModuleDestroy {
  private readonly watched = new Map<string, Watched>();
  private timer: NodeJS.Timeout | null = null;
  private isLooking = false;

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override subscribe(requestId: string, wake: () => void): () => void {
    const watched = this.watched.get(requestId) ?? { last: 0, wakes: new Set() };
    this.watched.set(requestId, watched);
    watched.wakes.add(wake);
    this.timer ??= setInterval(() => void this.look(), everyMs);
    return () => {
      watched.wakes.delete(wake);
      if (watched.wakes.size === 0) this.watched.delete(requestId);
      if (this.watched.size === 0) this.onModuleDestroy();
    };
  }

  onModuleDestroy(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private async look(): Promise<void> {
    const ids = [...this.watched.keys()];
    // One at a time: while the database is slow, looks must not take the pool's connections one after another.
    if (ids.length === 0 || this.isLooking) return;
    this.isLooking = true;
    const sql = 'SELECT request_id, last_sequence FROM timelines WHERE request_id = ANY ($1::uuid[])';
    // A failed look is no news; the next one is half a second away.
    const { rows } = await queryUnscoped(this.dataSource, sql, [ids])
      .catch(() => ({ rows: [] }))
      .finally(() => {
        this.isLooking = false;
      });
    for (const row of rows) {
      const [watched, last] = [this.watched.get(String(row.request_id)), Number(row.last_sequence)];
      if (watched === undefined || watched.last === last) continue;
      watched.last = last;
      for (const wake of watched.wakes) wake();
    }
  }
}
