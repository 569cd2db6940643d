import { EntitySchema } from 'typeorm';
import type { KeptPreview } from '../../domain/enforcement/kept-preview.js';
import type { PreviewStore } from '../../domain/ports/preview-store.js';
import { integer, json, key, orNull, uuid } from './columns.js';
import { RowMapper } from './row-mapper.js';
import type { SqlSession } from './sql-session.js';

const previewTable = new EntitySchema<KeptPreview>({
  name: 'RestartPreview',
  tableName: 'restart_previews',
  columns: {
    requestId: uuid(key),
    tenantId: uuid(),
    outlook: json(orNull),
    problem: json(orNull),
    misses: integer(),
  },
});
const previews = new RowMapper(previewTable);

export class PostgresPreviews implements PreviewStore {
  constructor(private readonly sql: SqlSession) {}

  find(requestId: string): Promise<KeptPreview | null> {
    return this.sql.one(previews, 'SELECT * FROM restart_previews WHERE request_id = $1', [requestId]);
  }

  save(kept: KeptPreview): Promise<void> {
    return this.sql.upsert(previewTable, [kept], ['requestId']);
  }

  async remove(requestId: string): Promise<void> {
    await this.sql.change('DELETE FROM restart_previews WHERE request_id = $1', [requestId]);
  }
}
