import type { ConductNote, ConductStore } from '../../domain/ports/record-stores.js';
import { conductTable } from './record.tables.js';
import { RowMapper } from './row-mapper.js';
import type { SqlSession } from './sql-session.js';

const notes = new RowMapper(conductTable);

export class PostgresConduct implements ConductStore {
  constructor(private readonly sql: SqlSession) {}

  find(exemptionId: string): Promise<ConductNote | null> {
    return this.sql.one(notes, 'SELECT * FROM conduct_notes WHERE exemption_id = $1', [exemptionId]);
  }

  async save(note: ConductNote): Promise<void> {
    await this.sql.upsert(conductTable, [note], ['exemptionId']);
  }
}
