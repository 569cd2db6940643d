import type { ExemptionState } from '../exemption/exemption.js';

/** What a subscription's machines may expect on outbound port 25 (openapi.json, `port25`). Derived, never stored. */
export type Port25 = 'open' | 'restart-pending' | 'exempt' | 'blocked' | 'revoked' | 'unknown';

export interface Port25Facts {
  /** What the pack in force says by offer and age alone. */
  readonly policy: 'open' | 'blocked' | 'unknown';
  /** The state of the live exemption; null where there is none. */
  readonly live: ExemptionState | null;
  /** True from a completed revocation until a new grant. */
  readonly revokedSinceLastGrant: boolean;
}

/** A grant or its loss is known even where the offer is not: only then does an unknown offer leave it unknown. */
export function port25Of(facts: Port25Facts): Port25 {
  if (facts.policy === 'open') return 'open';
  if (facts.live !== null) return ofExemption(facts.live);
  if (facts.revokedSinceLastGrant) return 'revoked';
  return facts.policy === 'unknown' ? 'unknown' : 'blocked';
}

function ofExemption(state: ExemptionState): Port25 {
  switch (state) {
    case 'enabling':
      return 'restart-pending';
    case 'effective':
      return 'exempt';
    case 'suspended':
    case 'revoking':
    case 'expiring':
    case 'expired':
      return 'blocked';
    case 'revoked':
      return 'revoked';
  }
}
