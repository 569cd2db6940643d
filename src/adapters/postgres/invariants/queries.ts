import { byQuery } from './invariant.js';
import { movedMachines } from './moved-machines.js';

const liveRequests = `state IN ('checking', 'reviewing', 'awaiting-information', 'second-reviewing')`;
const liveExemptions = `state IN ('enabling', 'effective', 'suspended', 'revoking', 'expiring')`;

/** A round that only starts again what a late call stopped proves nothing anew: an earlier round had proven the machine. */
const provenBefore = `NOT EXISTS (SELECT FROM history h WHERE h.aggregate = 'restart' AND h.aggregate_id = r.id
  AND h.version = 1 AND h.event ->> 'type' = 'stoppedLate')`;

/** The invariants that are one question to the database. */
export const queries = [
  byQuery(
    'I2',
    'at most one live request and one live exemption a subscription',
    `SELECT 'subscription ' || subscription_id || ' has ' || count(*) || ' live requests' AS broken
       FROM exemption_requests WHERE ${liveRequests} GROUP BY subscription_id HAVING count(*) > 1
     UNION ALL
     SELECT 'subscription ' || subscription_id || ' has ' || count(*) || ' live exemptions'
       FROM exemptions WHERE ${liveExemptions} GROUP BY subscription_id HAVING count(*) > 1`,
  ),
  byQuery(
    'I3',
    'versions of a history have no gaps',
    `SELECT aggregate || ' ' || aggregate_id || ' has ' || count(*) || ' lines up to version ' || max(version) AS broken
       FROM history GROUP BY aggregate, aggregate_id HAVING count(*) <> max(version) OR min(version) <> 1`,
  ),
  byQuery(
    'I3',
    'there is no history without its row',
    `SELECT DISTINCT h.aggregate || ' ' || h.aggregate_id || ' has a history and no row' AS broken FROM history h
       WHERE NOT EXISTS (SELECT FROM exemption_requests r WHERE h.aggregate = 'request' AND r.id = h.aggregate_id)
         AND NOT EXISTS (SELECT FROM exemptions e WHERE h.aggregate = 'exemption' AND e.id = h.aggregate_id)
         AND NOT EXISTS (SELECT FROM restarts r WHERE h.aggregate = 'restart' AND r.id = h.aggregate_id)
         AND NOT EXISTS (SELECT FROM gates g WHERE h.aggregate = 'gate' AND g.id = h.aggregate_id)
         AND NOT EXISTS (SELECT FROM violations v WHERE h.aggregate = 'violation' AND v.id = h.aggregate_id)`,
  ),
  byQuery(
    'I4',
    'every line of a history begins where the one before ended',
    `SELECT h.aggregate || ' ' || h.aggregate_id || ' jumps at version ' || h.version AS broken
       FROM history h JOIN history p ON p.aggregate = h.aggregate AND p.aggregate_id = h.aggregate_id AND p.version = h.version - 1
       WHERE h.from_state IS DISTINCT FROM p.to_state`,
  ),
  byQuery(
    'I5',
    'nobody decided what they filed, two people decided where two are required, and every check of the round had ended',
    `SELECT 'request ' || id || ' was decided by who filed it' AS broken FROM exemption_requests
       WHERE state = 'approved' AND decision -> 'by' ->> 'objectId' IS NOT NULL
         AND decision -> 'by' ->> 'objectId' = filed_by ->> 'objectId' AND decision -> 'by' ->> 'tenantId' = filed_by ->> 'tenantId'
     UNION ALL
     SELECT 'request ' || id || ' was approved twice by one person' FROM exemption_requests
       WHERE state = 'approved' AND first_approval -> 'by' ->> 'objectId' = decision -> 'by' ->> 'objectId'
     UNION ALL
     SELECT 'request ' || r.id || ' was approved by one person where two are required' FROM exemption_requests r
       JOIN history h ON h.aggregate = 'request' AND h.aggregate_id = r.id AND h.to_state = 'approved' AND h.event ->> 'type' = 'approved'
       WHERE r.first_approval IS NULL AND (r.verdict = 'hostile' OR r.daily_volume > (h.event ->> 'secondApprovalAbove')::bigint)
     UNION ALL
     SELECT 'request ' || id || ' was approved by nobody who may, or without the version of the rules' FROM exemption_requests
       WHERE state = 'approved' AND (coalesce(decision -> 'by' ->> 'kind', '') NOT IN ('platform', 'policy')
         OR decision ->> 'policyRulesVersion' IS NULL)
     UNION ALL
     SELECT 'request ' || r.id || ' was approved with open checks' FROM exemption_requests r
       WHERE r.state = 'approved' AND jsonb_array_length(r.checks) >
         (SELECT count(*) FROM findings f WHERE f.request_id = r.id AND f.round = r.round)
     UNION ALL
     SELECT 'request ' || id || ' was granted by rule over a verdict that is not clear' FROM exemption_requests
       WHERE state = 'approved' AND decision -> 'by' ->> 'kind' = 'policy' AND verdict <> 'clear'`,
  ),
  byQuery(
    'I5',
    'two people reinstated what policy had suspended, neither of them who suspended it',
    // Lines of before there were two do not say whether theirs was the first word.
    `SELECT 'exemption ' || h.aggregate_id || ' was reinstated by one person where two are required' AS broken
       FROM history h
         JOIN LATERAL (SELECT s.version, s.actor FROM history s WHERE s.aggregate = 'exemption' AND s.aggregate_id = h.aggregate_id
           AND s.version < h.version AND s.event ->> 'type' = 'suspended' ORDER BY s.version DESC LIMIT 1) s ON true
       WHERE h.aggregate = 'exemption' AND h.event ->> 'type' = 'reinstated' AND h.to_state = 'enabling' AND h.event ? 'isFirstOfTwo'
         AND (s.actor ->> 'kind' = 'policy' OR EXISTS (SELECT FROM history g WHERE g.aggregate = 'exemption'
           AND g.aggregate_id = h.aggregate_id AND g.version BETWEEN s.version AND h.version AND g.event ->> 'type' = 'groundSeen'))
         AND NOT EXISTS (SELECT FROM history f WHERE f.aggregate = 'exemption' AND f.aggregate_id = h.aggregate_id
           AND f.version BETWEEN s.version AND h.version - 1 AND f.event ->> 'type' = 'reinstated' AND f.to_state = 'suspended'
           AND f.actor ->> 'objectId' <> h.actor ->> 'objectId')`,
  ),
  byQuery(
    'I6',
    'an effective exemption has an open gate of its fence, and no machine of its plan is unproven but what is planned again',
    `SELECT 'exemption ' || e.id || ' is effective without an open gate of fence ' || e.fence AS broken
       FROM exemptions e LEFT JOIN gates g ON g.id = e.subscription_id
       WHERE e.state = 'effective' AND (g.state <> 'open' OR g.confirmed_fence <> e.fence OR g.id IS NULL)
     UNION ALL
     SELECT 'exemption ' || e.id || ' is effective while ' || r.name || ' is ' || r.state
       FROM exemptions e JOIN restarts r ON r.exemption_id = e.id AND r.fence = e.fence AND r.direction = 'enable'
       WHERE e.state = 'effective' AND r.round = 1 AND r.state NOT IN ('restarted', 'resting', 'created-after', 'absent', 'gone')
         AND NOT EXISTS (SELECT FROM history h WHERE h.aggregate = 'restart' AND h.aggregate_id = r.id AND h.event ->> 'type' = 'foundAgain')`,
  ),
  byQuery(
    'I7',
    'a revoked or expired exemption closed its gate later than it ever opened, and left no machine unproven',
    `SELECT 'exemption ' || e.id || ' ended while ' || r.name || ' is ' || r.state AS broken
       FROM exemptions e JOIN restarts r ON r.exemption_id = e.id AND r.fence = e.fence AND r.direction = 'revoke'
       WHERE e.state IN ('revoked', 'expired') AND r.state NOT IN ('restarted', 'resting', 'created-after', 'gone', 'superseded') AND ${provenBefore}
     UNION ALL
     SELECT 'exemption ' || e.id || ' ended at fence ' || e.fence || ' without a confirmed closing'
       FROM exemptions e WHERE e.state IN ('revoked', 'expired') AND NOT EXISTS (
         SELECT FROM history h WHERE h.aggregate = 'gate' AND h.aggregate_id = e.subscription_id
           AND h.event ->> 'type' = 'moved' AND h.to_state = 'closed' AND (h.event ->> 'fence')::bigint = e.fence)`,
  ),
  ...movedMachines,
  byQuery(
    'I8',
    'one power operation in flight a machine',
    `SELECT 'machine ' || vm_id || ' has ' || count(*) || ' operations in flight' AS broken
       FROM power_operations WHERE state IN ('intended', 'sent') GROUP BY subscription_id, vm_id HAVING count(*) > 1`,
  ),
  byQuery(
    'I16',
    'what owners and the cloud’s events say of a machine is kept once a fence, however often it is said',
    `SELECT 'machine ' || vm_id || ' of subscription ' || subscription_id || ' has ' || count(*) || ' ' || kind || ' pieces of fence ' || fence AS broken
       FROM machine_evidence WHERE kind IN ('owner-said', 'event-grid') GROUP BY subscription_id, vm_id, kind, fence HAVING count(*) > 1`,
  ),
  byQuery(
    'I10',
    'one effect of an order key is out at a time',
    `SELECT 'order key ' || order_key || ' has ' || count(*) || ' effects out' AS broken
       FROM effects WHERE state = 'dispatched' AND order_key IS NOT NULL GROUP BY order_key HAVING count(*) > 1`,
  ),
  byQuery(
    'I12',
    'nothing undecided and no right that is not suspended or ending belongs to a former tenant or partner, and what was left is out of its sight',
    `SELECT 'request ' || r.id || ' is undecided, and its subscription belongs to another tenant' AS broken
       FROM exemption_requests r JOIN subscriptions s USING (subscription_id) WHERE r.${liveRequests} AND s.tenant_id <> r.tenant_id
     UNION ALL
     SELECT 'request ' || id || ' is undecided, and who filed it does not sell the subscription any more'
       FROM exemption_requests WHERE ${liveRequests} AND filer_left_at IS NOT NULL
     UNION ALL
     SELECT 'exemption ' || e.id || ' is ' || e.state || ', and its subscription belongs to another tenant'
       FROM exemptions e JOIN subscriptions s USING (subscription_id) WHERE e.state IN ('enabling', 'effective') AND s.tenant_id <> e.tenant_id
     UNION ALL
     SELECT 'exemption ' || e.id || ' is ' || e.state || ' again, though its subscription was another tenant''s'
       FROM exemptions e WHERE e.state IN ('enabling', 'effective') AND e.moved_at IS NOT NULL
     UNION ALL
     SELECT 'exemption ' || e.id || ' is ' || e.state || ', and another partner sells its subscription'
       FROM exemptions e JOIN exemption_requests r ON r.id = e.request_id
       WHERE e.state IN ('enabling', 'effective') AND r.filer_left_at IS NOT NULL
     UNION ALL
     SELECT 'exemption ' || e.id || ' is in the sight of a tenant that its subscription left'
       FROM exemptions e JOIN subscriptions s USING (subscription_id) WHERE s.tenant_id <> e.tenant_id AND e.moved_at IS NULL
     UNION ALL
     SELECT 'request ' || r.id || ' is in the sight of a tenant that its subscription left'
       FROM exemption_requests r JOIN subscriptions s USING (subscription_id) WHERE s.tenant_id <> r.tenant_id AND r.moved_at IS NULL
     UNION ALL
     SELECT 'gate of ' || g.id || ' is ordered open for another tenant than its subscription''s'
       FROM gates g JOIN subscriptions s ON s.subscription_id = g.id WHERE g.position = 'open' AND s.tenant_id <> g.tenant_id`,
  ),
  byQuery(
    'I13',
    'no live exemption, owed start, gate on its way, machine in flight, kept preview or held mail is without an open effect, and no question without an end',
    `SELECT 'exemption ' || e.id || ' is looked after by nobody' AS broken FROM exemptions e
       WHERE e.${liveExemptions} AND NOT EXISTS (SELECT FROM effects f
         WHERE f.singleton_key = 'conduct_' || e.id AND f.state IN ('pending', 'dispatched', 'dead'))
     UNION ALL
     SELECT 'machine ' || r.name || ' of restart ' || r.id || ' is to be started, and exemption ' || r.exemption_id || ' is looked after by nobody'
       FROM restarts r WHERE r.stopped_by_us AND r.state IN ('waiting', 'blocked', 'failed') AND NOT EXISTS (SELECT FROM effects f
         WHERE f.singleton_key = 'conduct_' || r.exemption_id AND f.state IN ('pending', 'dispatched', 'dead'))
     UNION ALL
     SELECT 'gate of ' || g.id || ' is moved by nobody' FROM gates g
       WHERE g.state IN ('opening', 'closing') AND NOT EXISTS (SELECT FROM effects f
         WHERE f.order_key = 'gate_' || g.id AND f.state IN ('pending', 'dispatched', 'dead'))
     UNION ALL
     SELECT 'machine ' || r.name || ' of restart ' || r.id || ' is worked on by nobody' FROM restarts r
       WHERE r.state IN ('deallocating', 'starting') AND NOT EXISTS (SELECT FROM effects f
         WHERE f.singleton_key = 'restart_' || r.id AND f.state IN ('pending', 'dispatched', 'dead'))
     UNION ALL
     SELECT 'proof ' || p.id || ' is looked for by nobody' FROM control_proofs p
       WHERE p.state = 'awaiting-tag' AND p.expires_at > now() AND NOT EXISTS (SELECT FROM effects f
         WHERE f.singleton_key = 'proof_' || p.id AND f.state IN ('pending', 'dispatched', 'dead'))
     UNION ALL
     SELECT 'preview of request ' || p.request_id || ' is kept by nobody' FROM restart_previews p
       WHERE NOT EXISTS (SELECT FROM effects f
         WHERE f.singleton_key = 'preview_' || p.request_id AND f.state IN ('pending', 'dispatched', 'dead'))
     UNION ALL
     SELECT 'mail ' || m.sequence || ' of request ' || m.request_id || ' is held for a digest that nobody sends'
       FROM held_mails m JOIN request_particulars p ON p.request_id = m.request_id
       WHERE p.contact_hash IS NOT NULL AND NOT EXISTS (SELECT FROM effects f JOIN request_particulars o ON f.singleton_key = 'digest_' || o.request_id
         WHERE o.contact_hash = p.contact_hash AND f.state IN ('pending', 'dispatched', 'dead'))
     UNION ALL
     SELECT 'request ' || id || ' waits for its requester for ever' FROM exemption_requests
       WHERE state = 'awaiting-information' AND due_at IS NULL`,
  ),
] as const;
