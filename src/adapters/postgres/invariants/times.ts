import { byQuery } from './invariant.js';

/** What a wrong clock would leave behind (F29). Two days and eight are src/jobs/longest-waits.ts, with an hour to spare. */
export const times = [
  byQuery(
    'I13',
    'nothing is due later than it can wait',
    `SELECT 'effect ' || id || ' of type ' || type || ' is due at ' || due_at || ' only' AS broken FROM effects
       WHERE state = 'pending' AND due_at > now() + CASE type WHEN 'review-addresses' THEN interval '8 days 1 hour' ELSE interval '2 days 1 hour' END
     UNION ALL
     SELECT 'the checks of request ' || id || ' end at ' || due_at || ' only' FROM exemption_requests
       WHERE state = 'checking' AND due_at > now() + interval '2 days'
     UNION ALL
     SELECT 'the question of request ' || id || ' lapses at ' || due_at || ' only' FROM exemption_requests
       WHERE state = 'awaiting-information' AND due_at > now() + interval '400 days'
     UNION ALL
     SELECT 'exemption ' || exemption_id || ' is to be looked at ' || next_look_at || ' only' FROM conduct_notes
       WHERE next_look_at > now() + interval '2 days 1 hour'`,
  ),
  byQuery(
    'I13',
    'nothing happened later than now',
    `SELECT aggregate || ' ' || aggregate_id || ' changed at ' || at || ', which is not yet' AS broken FROM history
       WHERE at > now() + interval '1 hour'`,
  ),
  byQuery(
    'I18',
    'no machine was stopped by us longer ago than an operation may take, without a cause that was told',
    `SELECT 'machine ' || r.name || ' of restart ' || r.id || ' was stopped by us at ' || stopped.at || ', and is ' || r.state || ' since' AS broken
       FROM restarts r JOIN LATERAL (SELECT max(o.intended_at) AS at FROM power_operations o
         WHERE o.restart_id = r.id AND o.kind = 'deallocate' AND o.state IN ('sent', 'succeeded')) stopped ON stopped.at IS NOT NULL
       WHERE r.stopped_by_us AND r.blocker IS NULL AND r.state IN ('waiting', 'deallocating', 'starting')
         AND stopped.at < now() - interval '3 hours'`,
  ),
] as const;
