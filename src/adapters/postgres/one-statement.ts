import type { SqlSession } from './sql-session.js';

/**
 * Several writes as the parts of one statement, and so one round trip. Parts run in no order of their own: one that
 * has to come after another reads from it.
 */
export class OneStatement {
  private readonly parts: string[] = [];
  private readonly parameters: unknown[] = [];

  /** Adds a value; gives the place by which a part names it, e.g. `$3`. */
  value(value: unknown): string {
    return `$${String(this.parameters.push(value))}`;
  }

  /** Adds a part: an INSERT, UPDATE or SELECT that others may read from by this name. */
  add(name: string, sql: string): void {
    this.parts.push(`${name} AS (${sql})`);
  }

  /** Sends it; the session's `settled` tells how it went. */
  send(sql: SqlSession): void {
    if (this.parts.length > 0)
      sql.send(sql.prepared(`WITH ${this.parts.join(',\n')} SELECT 1`, this.parameters));
  }
}
