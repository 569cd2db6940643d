import { byQuery } from './invariant.js';

/** A right that has ended, by the last exemption of its subscription: what is known of machines dates from then. */
const endedLast = `e.state IN ('revoked', 'expired') AND NOT EXISTS (
  SELECT FROM exemptions l WHERE l.subscription_id = e.subscription_id AND l.granted_at > e.granted_at)`;

/** The gate's own answer proves machines of its subscription only. */
const isElsewhere = `lower(m.resource_id) NOT LIKE '/subscriptions/' || lower(m.subscription_id::text) || '/%'`;
const byGateAlone = `g.applies_to = 'running' AND NOT (${isElsewhere})`;

/** An engineer answered for it, a delete was shown, it was found nowhere, or it was proven closed before it went. */
const isRightlyGone = `m.gone_by IN ('delete-logged', 'left-its-set', 'found-nowhere', 'said-by-engineer', 'nothing-open')`;

/** What the records know of machines that moved, and of what they carry (invariants I6, I7 and I19). */
export const movedMachines = [
  byQuery(
    'I19',
    'once a right has ended, every machine whose last known position may be the open one is closed, or gone by more than its absence',
    `SELECT 'exemption ' || e.id || ' ended while machine ' || m.name || ' (' || m.vm_id || ') may be open' ||
         CASE WHEN ${isElsewhere} THEN ' in another subscription' WHEN m.absent_since IS NOT NULL THEN ', and is absent' ELSE '' END AS broken
       FROM exemptions e JOIN machines m ON m.subscription_id = e.subscription_id
       JOIN gates g ON g.id = e.subscription_id
       WHERE ${endedLast} AND NOT m.gone AND m.host <> 'none' AND m.carries <> 'closed' AND NOT (${byGateAlone})
         AND m.released_under_fence IS DISTINCT FROM e.fence AND m.seen_at <= e.ended_at
     UNION ALL
     SELECT 'exemption ' || e.id || ' ended while machine ' || m.name || ' (' || m.vm_id || ') counts as gone by its absence alone'
       FROM exemptions e JOIN machines m ON m.subscription_id = e.subscription_id
       JOIN gates g ON g.id = e.subscription_id
       WHERE ${endedLast} AND m.gone AND m.carries <> 'closed' AND (m.gone_by IS NULL OR NOT ${isRightlyGone})
         AND NOT (${byGateAlone})
     UNION ALL
     SELECT 'exemption ' || e.id || ' ended while ' || r.name || ' is absent'
       FROM exemptions e JOIN restarts r ON r.exemption_id = e.id AND r.state = 'absent' AND r.direction = 'revoke'
       WHERE e.state IN ('revoked', 'expired')`,
  ),
  byQuery(
    'I6',
    'a machine counts as created after the gate moved only where the log told of its creation in this subscription',
    `SELECT 'restart ' || r.id || ' of ' || r.name || ' is created-after, and the log told of no creation here' AS broken
       FROM restarts r WHERE r.state = 'created-after' AND NOT EXISTS (
         SELECT FROM machine_evidence v WHERE v.subscription_id = r.subscription_id AND v.vm_id = r.vm_id
           AND v.fact = 'created-here')`,
  ),
  byQuery(
    'I19',
    'every machine that carries the open position of a live right has a row on its page',
    `SELECT 'machine ' || m.name || ' (' || m.vm_id || ') carries the open position of exemption ' || e.id || ', and has no row there' AS broken
       FROM exemptions e JOIN machines m ON m.subscription_id = e.subscription_id
       WHERE e.state IN ('effective', 'revoking', 'expiring') AND NOT m.gone AND m.carries = 'open'
         AND m.seen_at > coalesce(e.effective_at, e.granted_at)
         AND NOT EXISTS (SELECT FROM restarts r WHERE r.exemption_id = e.id AND r.vm_id = m.vm_id)`,
  ),
] as const;
