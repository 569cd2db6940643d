import { fraudChecks } from '../domain/fraud/checks/index.js';
import { type Instant, addMilliseconds } from '../domain/instants.js';
import type { Settings } from '../domain/ports/settings.js';
import type { RoundBegun } from '../domain/request/request-events.js';

/** A round of all checks there are, from now. It may take 10 minutes by default; what has not ended then is `error`. */
export function beginRound(round: number, now: Instant, settings: Settings): RoundBegun {
  return {
    round,
    checks: fraudChecks.map(({ name }) => name),
    dueAt: addMilliseconds(now, settings.checkRoundTimeoutMs),
  };
}
