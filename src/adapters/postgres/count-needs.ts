import type { DataSource } from 'typeorm';
import { queryUnscoped } from './database-roles.js';

/** Read through the index of those that need somebody: the others are not looked at. */
const statement = `
  SELECT count(*)::integer AS exemptions, coalesce(sum((
    SELECT sum((one ->> 'count')::integer) FROM jsonb_array_elements(told -> 'troubles') one WHERE one ->> 'kind' = 'down'
  )), 0)::integer AS down
  FROM conduct_notes WHERE human_needed_since IS NOT NULL`;

/** How many exemptions wait for a support engineer, and how many machines are down by our doing; of all tenants. */
export async function countNeeds(
  dataSource: DataSource,
): Promise<{ readonly exemptions: number; readonly machinesDown: number }> {
  const [row] = (await queryUnscoped(dataSource, statement)).rows;
  return { exemptions: Number(row?.exemptions ?? 0), machinesDown: Number(row?.down ?? 0) };
}
