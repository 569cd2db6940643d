import { fraudChecks } from '../../../domain/fraud/checks/index.js';
import { byQuery } from './invariant.js';

/** What cannot fail a request may be blind without hiding anything; of a check that nobody knows this cannot be said. */
const harmless = fraudChecks.filter(({ mayFail }) => !mayFail).map(({ name }) => `'${name}'`);

/** The checks of an approved request's round that could have failed it, and did not look. */
const blind = `findings f ON f.request_id = r.id AND f.round = r.round AND f.outcome IN ('error', 'unknown')
  AND f."check" NOT IN (${harmless.join(', ')})`;

const approvals = `history h ON h.aggregate = 'request' AND h.aggregate_id = r.id AND h.event ->> 'type' = 'approved'`;

/** The two approvals of a request, where the second did not say that it replaces what the first had set. */
const bothHold = `exemption_requests r
  JOIN history h1 ON h1.aggregate = 'request' AND h1.aggregate_id = r.id AND h1.event ->> 'type' = 'approved' AND h1.to_state = 'second-reviewing'
  JOIN history h2 ON h2.aggregate = 'request' AND h2.aggregate_id = r.id AND h2.event ->> 'type' = 'approved' AND h2.to_state = 'approved'
    AND h2.event ->> 'replacesFirstTextId' IS NULL
  JOIN exemptions e ON e.request_id = r.id`;

/** Who may decide, on what, and what of two approvals holds. */
export const decisions = [
  byQuery(
    'I5',
    'two people decided where the request ever named a volume that takes two',
    `SELECT 'request ' || r.id || ' was approved by one person, and once named ' || max((v.event ->> 'dailyVolume')::bigint) || ' mails a day' AS broken
       FROM exemption_requests r JOIN ${approvals} AND h.to_state = 'approved'
       JOIN history v ON v.aggregate = 'request' AND v.aggregate_id = r.id AND v.event ? 'dailyVolume'
       WHERE r.state = 'approved' AND r.first_approval IS NULL
       GROUP BY r.id HAVING max((v.event ->> 'dailyVolume')::bigint) > max((h.event ->> 'secondApprovalAbove')::bigint)`,
  ),
  byQuery(
    'I17',
    'nobody approved alone, or without accepting it by name, over a check that can fail and did not look',
    `SELECT 'request ' || r.id || ' was approved by one person although ' || f."check" || ' did not look' AS broken
       FROM exemption_requests r JOIN ${blind} WHERE r.state = 'approved' AND r.first_approval IS NULL
     UNION ALL
     SELECT 'request ' || r.id || ' was approved at version ' || h.version || ' without a word on ' || f."check" || ', which did not look'
       FROM exemption_requests r JOIN ${blind} JOIN ${approvals}
       WHERE r.state = 'approved' AND NOT h.event -> 'acceptedUnknowns' ? f."check"`,
  ),
  byQuery(
    'I5',
    'what the first of two approvers set holds, unless the second replaced it in so many words',
    `SELECT 'exemption ' || e.id || ' ends later than its first approver set' AS broken FROM ${bothHold}
       WHERE h1.event ->> 'expiresOn' IS NOT NULL AND (e.expires_on IS NULL OR e.expires_on > (h1.event ->> 'expiresOn')::timestamptz)
     UNION ALL
     SELECT 'exemption ' || e.id || ' lost the conditions of its first approver' FROM ${bothHold}
       WHERE h1.event ->> 'conditionsTextId' IS NOT NULL
         AND (h1.event ->> 'conditionsTextId')::uuid IS DISTINCT FROM e.conditions_text_id
         AND (h1.event ->> 'conditionsTextId')::uuid IS DISTINCT FROM e.first_conditions_text_id
     UNION ALL
     SELECT 'request ' || r.id || ' lost what its first approver accepted' FROM ${bothHold}
       WHERE NOT r.decision -> 'acceptedUnknowns' @> (h1.event -> 'acceptedUnknowns')`,
  ),
  byQuery(
    'I5',
    'nobody decided on facts that they registered',
    `SELECT 'request ' || r.id || ' was decided at version ' || h.version || ' by who registered facts of its ' || t.subject_type AS broken
       FROM exemption_requests r
       JOIN history h ON h.aggregate = 'request' AND h.aggregate_id = r.id AND h.event ->> 'type' IN ('approved', 'denied')
       JOIN registrations t ON t.at <= h.at AND (t.subject_type, t.subject_id) IN (
         ('subscription', r.subscription_id::text), ('tenant', r.tenant_id::text), ('tenant', r.filed_by ->> 'tenantId'),
         ('relationship', (r.filed_by ->> 'tenantId') || '/' || r.tenant_id))
       LEFT JOIN people p ON p.tenant_id = (h.actor ->> 'tenantId')::uuid AND p.object_id = h.actor ->> 'objectId'
       WHERE (t.person = p.commitment OR 'erased-' || left(t.person, 32) = h.actor ->> 'objectId')
         AND ((t.at >= r.submitted_at AND t.changes <> '[]') OR NOT EXISTS (
           SELECT FROM registrations later WHERE later.subject_type = t.subject_type AND later.subject_id = t.subject_id
             AND later.sequence > t.sequence AND later.at <= h.at))`,
  ),
] as const;
