import { actorRef, isSamePerson } from '../access/actor.js';
import type { Effect } from '../effects.js';
import type { RestartPlan } from '../enforcement/restart-plan.js';
import type { Instant } from '../instants.js';
import type { Lifecycle, Transition, TransitionRule } from '../lifecycle-table.js';
import { type Exemption, type ExemptionState, groundsOf, needsTwoToReinstate } from './exemption.js';

export interface Granted {
  readonly type: 'granted';
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly requestId: string;
  readonly pack: string;
  readonly expiresOn: Instant | null;
  readonly conditionsTextId: string | null;
  readonly firstConditionsTextId?: string;
  readonly restartPlan: RestartPlan;
  readonly fence: number;
}
export interface Enabled {
  readonly type: 'enabled';
  readonly fence: number;
}
export interface Suspended {
  readonly type: 'suspended';
  readonly fence: number;
  readonly reasonCode: string;
  readonly violationId: string | null;
  readonly textId: string | null;
  readonly closeRunning: boolean;
}
/** Facts changed while the right was suspended, so that they would have suspended it, or refuse a request. */
export interface GroundSeen {
  readonly type: 'groundSeen';
  readonly reasonCode: string;
}
export interface Reinstated {
  readonly type: 'reinstated';
  /** Of the order that opens the gate again; the first of two people orders nothing. */
  readonly fence: number;
  readonly textId: string | null;
  /** True for the first of two people: it stays suspended until the second. Absent in lines of before there were two. */
  readonly isFirstOfTwo?: boolean;
}
export interface RevocationOrdered {
  readonly type: 'revocationOrdered';
  readonly fence: number;
  readonly reasonCode: string;
  readonly violationId: string | null;
  readonly textId: string | null;
}
export interface ExpiryReached {
  readonly type: 'expiryReached';
  readonly fence: number;
}
export interface Closed {
  readonly type: 'closed';
  readonly fence: number;
}
export interface PlanChanged {
  readonly type: 'planChanged';
  readonly restartPlan: RestartPlan;
}
/** The gate's fence was larger than ours and an Operator adopted it: the exemption rests on a later move now. */
export interface FenceAdopted {
  readonly type: 'fenceAdopted';
  readonly fence: number;
}
export type ExemptionEvent =
  | Granted
  | Enabled
  | Suspended
  | GroundSeen
  | Reinstated
  | RevocationOrdered
  | ExpiryReached
  | Closed
  | PlanChanged
  | FenceAdopted;

type Row<E> = Transition<ExemptionState, Exemption, E>;

const conduct = (next: Exemption): readonly Effect[] => [{ type: 'conduct-restarts', exemptionId: next.id }];

/** A machine's proof counts for the gate move that was ordered last, not for an earlier one. */
const provenForThePresentFence: TransitionRule<Exemption, { readonly fence: number }> = (current, event) =>
  event.fence === current.fence
    ? null
    : {
        kind: 'conflict',
        code: 'fence-superseded',
        message: `What was proven holds for fence ${String(event.fence)}; the gate was ordered on to ${String(current.fence)}.`,
        nextStep: 'Nothing: the machines are looked at again.',
      };

/** Reinstating is done by somebody else than who suspended (docs/enforcement.md). */
const reinstaterDidNotSuspend: TransitionRule<Exemption, unknown> = (current, _event, { actor }) =>
  isSamePerson(current.suspension?.by ?? null, actorRef(actor))
    ? {
        kind: 'forbidden',
        code: 'reinstater-must-differ',
        message: 'You suspended this exemption; somebody else has to reinstate it.',
        nextStep: 'Ask another Approver.',
      }
    : null;

const whoOwnsItNowFiles: Readonly<Record<string, string>> = {
  'subscription-moved':
    'The subscription belongs to another tenant now than the one that this right was granted to.',
  'reseller-changed': 'Another partner sells the subscription now than the one that asked for this right.',
};

/** A right does not follow a subscription that changed hands (docs/policy.md): it can only be ended. */
const subscriptionHasNotMoved: TransitionRule<Exemption, unknown> = ({ suspension }) => {
  const code =
    suspension === null ? undefined : groundsOf(suspension).find((one) => one in whoOwnsItNowFiles);
  if (code === undefined) return null;
  return {
    kind: 'conflict',
    code,
    message: whoOwnsItNowFiles[code] ?? code,
    nextStep: `Revoke it with the reason "${code}"; whoever it belongs to now may file.`,
  };
};

/** Where two people are needed the first says so, and the second is somebody else (docs/enforcement.md). */
const twoReinstateWhatPolicySuspended: TransitionRule<Exemption, Reinstated> = (
  current,
  event,
  { actor },
) => {
  const first = current.suspension?.firstReinstatement ?? null;
  const expectsFirst = needsTwoToReinstate(current) && first === null;
  if (expectsFirst !== (event.isFirstOfTwo ?? false)) {
    return {
      kind: 'conflict',
      code: 'reinstatement-not-as-expected',
      message: 'Two people reinstate what policy suspended; whether this is the first or the second changed.',
      nextStep: 'Read the exemption again.',
    };
  }
  if (!isSamePerson(first?.by ?? null, actorRef(actor))) return null;
  return {
    kind: 'forbidden',
    code: 'second-reinstater-must-differ',
    message: 'You were the first to reinstate this exemption; the second has to be somebody else.',
    nextStep: 'Ask another Approver.',
  };
};

const groundSeen: Row<GroundSeen> = {
  to: 'suspended',
  by: ['policy'],
  set: ({ suspension }, { reasonCode }, { at }) => ({
    // Whoever was first to reinstate it did not know of this.
    suspension: suspension && {
      ...suspension,
      grounds: [...(suspension.grounds ?? []), { reasonCode, at }],
      firstReinstatement: null,
    },
  }),
};

const reinstated: Row<Reinstated> = {
  to: ['suspended', 'enabling'],
  choose: (_current, event) => (event.isFirstOfTwo === true ? 'suspended' : 'enabling'),
  by: ['platform'],
  onlyIf: [reinstaterDidNotSuspend, subscriptionHasNotMoved, twoReinstateWhatPolicySuspended],
  set: ({ suspension }, { fence, textId, isFirstOfTwo }, { by, at }) =>
    isFirstOfTwo === true
      ? { suspension: suspension && { ...suspension, firstReinstatement: { by, at, textId } } }
      : { fence, suspension: null, effectiveAt: null },
  effects: (next) => (next.state === 'enabling' ? conduct(next) : []),
};

const suspended: Row<Suspended> = {
  to: 'suspended',
  by: ['platform', 'policy'],
  set: (_current, { type: _type, fence, ...event }, stamp) => ({
    fence,
    suspension: { at: stamp.at, by: stamp.by, ...event },
  }),
  effects: conduct,
};

const revocationOrdered: Row<RevocationOrdered> = {
  to: 'revoking',
  by: ['platform'],
  set: (_current, { type: _type, fence, ...event }, stamp) => ({
    fence,
    revocation: { at: stamp.at, by: stamp.by, ...event },
  }),
  effects: conduct,
};

const expiryReached: Row<ExpiryReached> = {
  to: 'expiring',
  by: ['system'],
  set: (_current, event) => ({ fence: event.fence }),
  effects: conduct,
};

const closedTo = (to: 'revoked' | 'expired'): Row<Closed> => ({
  to,
  by: ['system'],
  onlyIf: [provenForThePresentFence],
  set: (_current, _event, stamp) => ({ endedAt: stamp.at }),
});

const planChanged = (to: ExemptionState): Row<PlanChanged> => ({
  to,
  by: ['requester'],
  set: (_current, event) => ({ restartPlan: event.restartPlan }),
  effects: conduct,
});

const fenceAdopted = (to: ExemptionState): Row<FenceAdopted> => ({
  to,
  by: ['platform'],
  set: (_current, event) => ({ fence: event.fence }),
  effects: conduct,
});

/** An exemption: a right with a life. The table of docs/architecture.md. */
export const exemptionLifecycle: Lifecycle<ExemptionState, Exemption, ExemptionEvent> = {
  name: 'exemption',
  states: {
    enabling: {
      kind: 'working',
      patience: 'looked at in every sweep until each machine is proven; says what is missing',
    },
    effective: { kind: 'settled' },
    suspended: {
      kind: 'working',
      patience: 'waits for an Approver; shown with how many machines are still open',
    },
    revoking: {
      kind: 'working',
      patience: 'looked at in every sweep; after 20 minutes it needs a human; never given up',
    },
    expiring: { kind: 'working', patience: 'as revoking' },
    revoked: { kind: 'final' },
    expired: { kind: 'final' },
  },
  births: {
    granted: {
      to: 'enabling',
      by: ['platform', 'policy'],
      make: ({ type: _type, ...event }: Granted, stamp) => ({
        ...event,
        firstConditionsTextId: event.firstConditionsTextId ?? null,
        grantedAt: stamp.at,
        grantedBy: stamp.by,
        effectiveAt: null,
        suspension: null,
        revocation: null,
        endedAt: null,
      }),
      effects: conduct,
    },
  },
  transitions: {
    enabled: {
      enabling: {
        to: 'effective',
        by: ['system'],
        onlyIf: [provenForThePresentFence],
        set: (_current, _event, stamp) => ({ effectiveAt: stamp.at }),
        effects: (next) => [{ type: 'review-addresses', exemptionId: next.id }],
      },
    },
    suspended: { enabling: suspended, effective: suspended },
    groundSeen: { suspended: groundSeen },
    reinstated: { suspended: reinstated },
    revocationOrdered: {
      enabling: revocationOrdered,
      effective: revocationOrdered,
      suspended: revocationOrdered,
      // What is found while a right runs out is an end with blame, and leaves the cooling-down of one.
      expiring: revocationOrdered,
    },
    expiryReached: { enabling: expiryReached, effective: expiryReached, suspended: expiryReached },
    closed: { revoking: closedTo('revoked'), expiring: closedTo('expired') },
    planChanged: { enabling: planChanged('enabling'), effective: planChanged('effective') },
    fenceAdopted: {
      enabling: fenceAdopted('enabling'),
      suspended: fenceAdopted('suspended'),
      revoking: fenceAdopted('revoking'),
      expiring: fenceAdopted('expiring'),
    },
  },
  repeats: { enabled: 'ignored', closed: 'ignored', expiryReached: 'ignored' },
  invariants: {
    effective: (exemption) => (exemption.effectiveAt === null ? 'effective since never' : null),
    suspended: (exemption) => (exemption.suspension === null ? 'suspended by nobody' : null),
    revoking: (exemption) => (exemption.revocation === null ? 'revoked by nobody' : null),
    revoked: (exemption) => (exemption.revocation === null ? 'revoked by nobody' : null),
  },
};
