import { effectPriority, type EffectType } from '../../domain/effects.js';

const effectTypes = Object.keys(effectPriority) as readonly EffectType[];

/** What is passed over is not read, however much of it there is: the indexes begin with the priority. */
export function priorityCondition(passedOver: readonly EffectType[]): string | null {
  if (passedOver.length === 0) return 'true';
  const wanted = effectTypes.filter((type) => !passedOver.includes(type)).map((type) => effectPriority[type]);
  return wanted.length === 0 ? null : `e.priority IN (${[...new Set(wanted)].join(', ')})`;
}

/** Due, and the first of its order key (invariant I10). */
const isNext = `e.state = 'pending' AND e.due_at <= $1 AND (e.order_key IS NULL OR NOT EXISTS (
  SELECT FROM effects o WHERE o.order_key = e.order_key AND o.sequence < e.sequence AND o.state IN ('pending', 'dispatched')))`;

/** What a tenant has out already, by priority: its next effect comes after as many of everybody else's. */
const out = `out AS (
  SELECT priority, for_tenant, count(*)::integer AS n FROM effects WHERE state = 'dispatched' GROUP BY priority, for_tenant)`;

/** While few are due: all of them, by priority and age. $2 and no less of them says that there may be more. */
const byAge = (among: string) => `due AS (
  SELECT e.id, e.priority, e.for_tenant, e.due_at, e.sequence FROM effects e WHERE ${isNext} AND ${among}
  ORDER BY e.priority, e.due_at, e.sequence LIMIT $2 FOR UPDATE OF e SKIP LOCKED)`;

/**
 * While more are due than one look takes: some of every tenant. The index leads from one tenant with work that waits to
 * the next, so that fifty thousand effects of one cost no more than one of it.
 */
const byTurn = (among: string) => `waiting AS (
  (SELECT e.priority, e.for_tenant FROM effects e WHERE e.state = 'pending' AND ${among} ORDER BY e.priority, e.for_tenant LIMIT 1)
  UNION ALL
  SELECT next.priority, next.for_tenant FROM waiting w, LATERAL (
    SELECT e.priority, e.for_tenant FROM effects e
    WHERE e.state = 'pending' AND (e.priority, e.for_tenant) > (w.priority, w.for_tenant) AND ${among}
    ORDER BY e.priority, e.for_tenant LIMIT 1) next
), share AS (
  SELECT priority, greatest(8, ceil($2::numeric / count(*)))::integer AS most FROM waiting GROUP BY priority
), due AS (
  SELECT theirs.* FROM waiting w JOIN share USING (priority) LEFT JOIN out o USING (priority, for_tenant), LATERAL (
    SELECT e.id, e.priority, e.for_tenant, e.due_at, e.sequence FROM effects e
    WHERE e.priority = w.priority AND e.for_tenant = w.for_tenant AND ${isNext}
    -- What another relay is about to take is passed over, so that each gets something.
    ORDER BY e.due_at, e.sequence LIMIT least(share.most, greatest($3 - coalesce(o.n, 0), 0) + 1) FOR UPDATE OF e SKIP LOCKED) theirs
)`;

/**
 * Takes due effects by priority and by turn: of two tenants the one with less out comes first. $1 now, $2 how many, $3 how
 * many of one tenant and priority may be out at once. The last column tells whether some were held back by that.
 */
const claim = (due: string, onlyIf: string) => `WITH RECURSIVE ${out}, ${due}, turns AS (
  SELECT d.*, coalesce(o.n, 0) + row_number() OVER (PARTITION BY d.priority, d.for_tenant ORDER BY d.due_at, d.sequence) AS turn
  FROM due d LEFT JOIN out o USING (priority, for_tenant)
), taken AS (
  SELECT * FROM turns WHERE turn <= $3 AND ${onlyIf} ORDER BY priority, turn, due_at, sequence LIMIT $2
), claimed AS (
  UPDATE effects SET state = 'dispatched', dispatched_at = clock_timestamp() FROM taken WHERE effects.id = taken.id
  RETURNING effects.id, effects.type, effects.epoch
)
SELECT c.id, c.type, c.epoch, t.turn::integer AS turn, m.due, m.held_back FROM
  (SELECT (SELECT count(*) FROM due)::integer AS due, EXISTS (SELECT FROM turns WHERE turn > $3) AS held_back) m
  LEFT JOIN (claimed c JOIN taken t USING (id)) ON true ORDER BY t.priority, t.turn, t.due_at, t.sequence`;

/** Takes what is due where that is less than one look takes; else nothing, and says that there is as much. */
export const claimFew = (among: string) => claim(byAge(among), '(SELECT count(*) FROM due) < $2');
export const claimByTurn = (among: string) => claim(byTurn(among), 'true');
