import { orderKeyOf, effectPriority, singletonKeyOf, type Effect } from '../../domain/effects.js';
import type { Instant } from '../../domain/instants.js';
import type { OneStatement } from './one-statement.js';

/** An effect, and whose work it is; null where its own ids are to say so. */
export interface OwnedEffect {
  readonly effect: Effect;
  readonly tenantId: string | null;
}

function effectRow({ effect, tenantId }: OwnedEffect) {
  const { type, ...payload } = effect;
  return {
    type,
    for_tenant: tenantId,
    payload,
    priority: effectPriority[type],
    order_key: orderKeyOf(effect),
    singleton_key: singletonKeyOf(effect),
  };
}

/** Each once, in the order of their singleton keys, in which every transaction takes them. */
function distinctRows(effects: readonly OwnedEffect[]): readonly object[] {
  const seen = new Set<string>();
  const rows = effects.map(effectRow).filter(({ singleton_key: key }) => {
    if (key === null) return true;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return rows.toSorted((a, b) => (a.singleton_key ?? '').localeCompare(b.singleton_key ?? ''));
}

/**
 * Adds effects to a statement, and a mail for everything in `placed` that is mailed, where mails are sent. An effect of
 * which one is open already only makes that one due at once. Effects are locked after timelines, as everywhere.
 */
export function addEffects(
  statement: OneStatement,
  effects: readonly OwnedEffect[],
  after: { readonly told: boolean; readonly mails: boolean },
  now: Instant,
): void {
  const sources: string[] = [];
  if (effects.length > 0) {
    const json = statement.value(JSON.stringify(distinctRows(effects)));
    sources.push(
      `SELECT type, payload, priority, order_key, singleton_key, coalesce(for_tenant, tenant_of_effect_unscoped(payload))
         FROM jsonb_to_recordset(${json}::jsonb)
         AS e(type text, payload jsonb, priority integer, order_key text, singleton_key text, for_tenant uuid)`,
    );
  }
  if (after.told && after.mails) {
    const priority = String(effectPriority['send-notification']);
    sources.push(
      `SELECT 'send-notification', jsonb_build_object('requestId', request_id, 'sequence', sequence), ${priority}, mail_order, NULL, tenant_id
       FROM (SELECT * FROM placed WHERE mailed ORDER BY request_id, sequence) mailed`,
    );
  }
  if (sources.length === 0) return;
  const at = `${statement.value(now)}::timestamptz`;
  const order = after.told ? 'WHERE (SELECT count(*) FROM told) >= 0' : '';
  statement.add(
    'asked',
    `INSERT INTO effects (type, payload, priority, order_key, singleton_key, for_tenant, due_at, created_at)
     SELECT a.*, ${at}, ${at} FROM (${sources.join(' UNION ALL ')}) a ${order}
     ON CONFLICT (singleton_key) WHERE singleton_key IS NOT NULL AND state IN ('pending', 'dispatched')
     DO UPDATE SET due_at = least(effects.due_at, excluded.due_at), asked_again = (effects.state = 'dispatched')`,
  );
}
