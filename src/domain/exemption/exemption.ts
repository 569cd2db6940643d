import type { ActorRef } from '../access/actor.js';
import type { RestartPlan } from '../enforcement/restart-plan.js';
import type { Instant } from '../instants.js';

/** Where an exemption stands: a right with a life (docs/policy.md). */
export type ExemptionState =
  'enabling' | 'effective' | 'suspended' | 'revoking' | 'expiring' | 'revoked' | 'expired';

export interface Suspension {
  readonly at: Instant;
  readonly by: ActorRef;
  readonly reasonCode: string;
  readonly violationId: string | null;
  readonly textId: string | null;
  /** False leaves running machines alone (they keep the open position they carry); true cycles them. */
  readonly closeRunning: boolean;
  /** What policy saw since then that would have suspended it, or that refuses a request. Absent: nothing. */
  readonly grounds?: readonly SuspensionGround[];
  /** The first of two people who have to reinstate it; absent where nobody has yet, or one is enough. */
  readonly firstReinstatement?: FirstReinstatement | null;
}

/** A change of facts that was seen while the right was suspended. */
export interface SuspensionGround {
  readonly reasonCode: string;
  readonly at: Instant;
}

export interface FirstReinstatement {
  readonly by: ActorRef;
  readonly at: Instant;
  readonly textId: string | null;
}

/** Two people reinstate what policy suspended, or would have: no single judgement stands against a rule. */
export function needsTwoToReinstate({ suspension }: Pick<Exemption, 'suspension'>): boolean {
  if (suspension === null) return false;
  return suspension.by.kind === 'policy' || (suspension.grounds ?? []).length > 0;
}

/** All that speaks against the right now: why it was suspended, and what was seen since. */
export function groundsOf(suspension: Suspension): readonly string[] {
  return [suspension.reasonCode, ...(suspension.grounds ?? []).map(({ reasonCode }) => reasonCode)];
}

export interface Revocation {
  readonly at: Instant;
  readonly by: ActorRef;
  readonly reasonCode: string;
  readonly violationId: string | null;
  readonly textId: string | null;
}

/** The right of one subscription to use outbound port 25. */
export interface Exemption {
  readonly id: string;
  readonly state: ExemptionState;
  readonly version: number;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly requestId: string;
  readonly pack: string;
  readonly grantedAt: Instant;
  readonly grantedBy: ActorRef;
  /** When the right ends by itself; null, the default, is never. */
  readonly expiresOn: Instant | null;
  readonly conditionsTextId: string | null;
  /** Where two approvals set conditions: those of the first, which hold too. */
  readonly firstConditionsTextId: string | null;
  readonly restartPlan: RestartPlan;
  /** The fence of the gate move that this state rests on. */
  readonly fence: number;
  readonly effectiveAt: Instant | null;
  readonly suspension: Suspension | null;
  readonly revocation: Revocation | null;
  readonly endedAt: Instant | null;
}

/** States in which the right, or the work of ending it, is still there: at most one a subscription (I2). */
export const liveExemptionStates: readonly ExemptionState[] = [
  'enabling',
  'effective',
  'suspended',
  'revoking',
  'expiring',
];

/** In which direction machines are made to feel the gate; null where nobody is asked to move. */
export function directionOf(exemption: Exemption): 'enable' | 'revoke' | null {
  switch (exemption.state) {
    case 'enabling':
    case 'effective':
      return 'enable';
    case 'suspended':
      return exemption.suspension?.closeRunning === true ? 'revoke' : null;
    case 'revoking':
    case 'expiring':
      return 'revoke';
    case 'revoked':
    case 'expired':
      return null;
  }
}
