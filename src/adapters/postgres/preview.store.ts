import { EntitySchema } from 'typeorm';
import { type KeptPreview, outlookShape } from '../../domain/enforcement/kept-preview.js';
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

/** An outlook as a column holds it; null for one of another shape, which an older or newer worker kept. */
export function outlookIn(value: unknown): KeptPreview['outlook'] {
  const { shape, ...outlook } = Object(value) as { readonly shape?: unknown };
  return shape === outlookShape ? (outlook as KeptPreview['outlook']) : null;
}

export class PostgresPreviews implements PreviewStore {
  constructor(private readonly sql: SqlSession) {}

  async find(requestId: string): Promise<KeptPreview | null> {
    const sql = 'SELECT * FROM restart_previews WHERE request_id = $1';
    const row = await this.sql.one(previews, sql, [requestId]);
    return row === null ? null : { ...row, outlook: outlookIn(row.outlook) };
  }

  save({ outlook, ...kept }: KeptPreview): Promise<void> {
    const shaped = outlook === null ? null : { ...outlook, shape: outlookShape };
    return this.sql.upsert(previewTable, [{ ...kept, outlook: shaped }], ['requestId']);
  }

  async remove(requestId: string): Promise<void> {
    await this.sql.change('DELETE FROM restart_previews WHERE request_id = $1', [requestId]);
  }
}
