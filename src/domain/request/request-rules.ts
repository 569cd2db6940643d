import { actorRef, isSamePerson } from '../access/actor.js';
import { hasRole } from '../access/permissions.js';
import type { TransitionRule } from '../lifecycle-table.js';
import type { ChecksEnded, RequestApproved, RequestDenied } from './request-events.js';
import type { ExemptionRequest } from './request.js';

type RequestRule<E> = TransitionRule<ExemptionRequest, E>;

/** Nobody decides what they filed (docs/policy.md). */
export const deciderDidNotFileIt: RequestRule<unknown> = (current, _event, { actor }) =>
  isSamePerson(current.filedBy, actorRef(actor))
    ? {
        kind: 'forbidden',
        code: 'decider-filed-it',
        message: 'Nobody decides a request that they filed themselves.',
        nextStep: 'Leave the decision to a colleague.',
      }
    : null;

/** A second approval is an Approver's (openapi.json, approve). */
export const secondApprovalIsByAnApprover: RequestRule<unknown> = (_current, _event, { actor }) =>
  actor.kind === 'caller' && hasRole(actor, 'Approver')
    ? null
    : {
        kind: 'forbidden',
        code: 'second-approval-needs-approver',
        message: 'This request needs a second approval, and only an Approver can give it.',
        nextStep: 'Ask a lead (role Approver) to decide.',
      };

/** The first reviewer may not be the second (docs/policy.md). */
export const secondReviewerDiffersFromFirst: RequestRule<unknown> = (current, _event, { actor }) =>
  isSamePerson(current.firstApproval?.by ?? null, actorRef(actor))
    ? {
        kind: 'forbidden',
        code: 'second-reviewer-must-differ',
        message: 'You gave the first approval; the second has to come from somebody else.',
        nextStep: 'Ask another Approver to decide.',
      }
    : null;

/** Nobody may deny with the reason code of a check that could not look (invariant I17). */
export const denialRestsOnWhatWasSeen: RequestRule<RequestDenied> = (_current, event) =>
  event.couldNotLook.length === 0
    ? null
    : {
        kind: 'policy',
        code: 'check-could-not-look',
        message: `"${event.reasonCode}" rests on ${event.couldNotLook.join(', ')}, which could not look.`,
        nextStep: 'Start a new round (recheck), or deny with a reason that was really seen.',
      };

/** Whoever registered the facts that a decision rests on does not take it: else one person makes both (I5). */
export const deciderDidNotRegisterItsFacts: RequestRule<RequestApproved | RequestDenied> = (
  _current,
  { registeredByDecider = [] },
) =>
  registeredByDecider.length === 0
    ? null
    : {
        kind: 'forbidden',
        code: 'decider-registered-facts',
        message: `You registered facts that this decision rests on (${registeredByDecider.join(', ')}).`,
        nextStep: 'Leave the decision to a colleague.',
      };

/** A check that can fail and did not look may hide a hostile round: whoever approves names each of them (I17). */
export const blindChecksAreAccepted: RequestRule<RequestApproved> = (_current, event) => {
  const missing = (event.couldNotLook ?? []).filter((check) => !event.acceptedUnknowns.includes(check));
  return missing.length === 0
    ? null
    : {
        kind: 'policy',
        code: 'unknowns-not-accepted',
        message: `${missing.join(', ')} could have found this request hostile, and did not look.`,
        nextStep: 'Start a new round (recheck), or name each of them in acceptedUnknowns.',
      };
};

/** A round that was superseded ends nothing: its last check came too late. */
export const roundIsThePresentOne: RequestRule<ChecksEnded> = (current, event) =>
  event.round === current.round
    ? null
    : {
        kind: 'conflict',
        code: 'round-superseded',
        message: `Round ${String(event.round)} ended after round ${String(current.round)} had begun.`,
        nextStep: 'Nothing: the present round decides.',
      };
