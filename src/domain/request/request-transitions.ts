import { addMilliseconds, millisecondsBetween } from '../instants.js';
import type { Effect } from '../effects.js';
import type { Stamp, Transition } from '../lifecycle-table.js';
import type {
  ChecksEnded,
  EndedByPolicy,
  InformationGiven,
  InformationRequested,
  RecheckRequested,
  RequestApproved,
  RequestDenied,
  RoundBegun,
  Withdrawn,
} from './request-events.js';
import {
  blindChecksAreAccepted,
  deciderDidNotFileIt,
  deciderDidNotRegisterItsFacts,
  denialRestsOnWhatWasSeen,
  roundIsThePresentOne,
  secondApprovalIsByAnApprover,
  secondReviewerDiffersFromFirst,
} from './request-rules.js';
import type { ExemptionRequest, RequestDecision, RequestState } from './request.js';
import { stricterTerms, whySecondApproval } from './second-approval.js';

/** The rows of the request's table, each with what it changes. */
type Row<E> = Transition<RequestState, ExemptionRequest, E>;

/** What a round of checks asks for: each check, and a look at what restarting the machines would do. */
export const roundEffects = (next: ExemptionRequest): readonly Effect[] => [
  ...next.checks.map(
    (check) => ({ type: 'run-fraud-check', requestId: next.id, round: next.round, check }) as const,
  ),
  { type: 'preview-restarts', requestId: next.id },
];

const beginRound = (event: RoundBegun) => ({
  round: event.round,
  checks: event.checks,
  dueAt: event.dueAt,
  verdict: null,
  question: null,
});

/** The review clock stood still while the requester was asked: it goes on by the time that this took. */
const clockResumed = (current: ExemptionRequest, stamp: Stamp) =>
  current.question === null
    ? current.reviewDueAt
    : addMilliseconds(current.reviewDueAt, millisecondsBetween(current.question.askedAt, stamp.at));

export const nothingDecided = {
  verdict: null,
  question: null,
  firstApproval: null,
  decision: null,
  exemptionId: null,
  endedAt: null,
} as const;

export const checksEnded: Row<ChecksEnded> = {
  to: ['reviewing', 'approved'],
  choose: (_current, event) => (event.grantsByRule && event.verdict === 'clear' ? 'approved' : 'reviewing'),
  by: ['policy', 'system'],
  onlyIf: [roundIsThePresentOne],
  set: (_current, event, stamp) => {
    const seen = { verdict: event.verdict, dueAt: null };
    if (!event.grantsByRule || event.verdict !== 'clear') return seen;
    const decision = approval(event, stamp, {
      textId: null,
      conditionsTextId: null,
      expiresOn: null,
      acceptedUnknowns: [],
    });
    return { ...seen, decision, exemptionId: event.exemptionId, endedAt: stamp.at };
  },
};

function approval(
  event: { readonly policyRulesVersion: string },
  stamp: Stamp,
  words: Pick<
    RequestDecision,
    'textId' | 'conditionsTextId' | 'firstConditionsTextId' | 'expiresOn' | 'acceptedUnknowns'
  >,
): RequestDecision {
  return {
    outcome: 'approved',
    at: stamp.at,
    by: stamp.by,
    reasonCode: null,
    applyAgainOn: null,
    policyRulesVersion: event.policyRulesVersion,
    ...words,
  };
}

const wordsOf = (event: RequestApproved) => ({
  textId: event.reasonTextId,
  ...stricterTerms(event, event.firstTerms ?? null),
});

const needsSecondEyes = (current: ExemptionRequest, event: RequestApproved) =>
  whySecondApproval(current, event).length > 0;

export const firstApproval: Row<RequestApproved> = {
  to: ['approved', 'second-reviewing'],
  choose: (current, event) => (needsSecondEyes(current, event) ? 'second-reviewing' : 'approved'),
  by: ['platform'],
  onlyIf: [deciderDidNotFileIt, deciderDidNotRegisterItsFacts, blindChecksAreAccepted],
  set: (current, event, stamp) =>
    needsSecondEyes(current, event)
      ? { firstApproval: { by: stamp.by, at: stamp.at, textId: event.reasonTextId } }
      : {
          decision: approval(event, stamp, wordsOf(event)),
          exemptionId: event.exemptionId,
          endedAt: stamp.at,
        },
};

export const secondApproval: Row<RequestApproved> = {
  to: 'approved',
  by: ['platform'],
  onlyIf: [
    deciderDidNotFileIt,
    deciderDidNotRegisterItsFacts,
    secondApprovalIsByAnApprover,
    secondReviewerDiffersFromFirst,
    blindChecksAreAccepted,
  ],
  set: (_current, event, stamp) => ({
    decision: approval(event, stamp, wordsOf(event)),
    exemptionId: event.exemptionId,
    endedAt: stamp.at,
  }),
};

export const denied: Row<RequestDenied> = {
  to: 'denied',
  by: ['platform'],
  onlyIf: [deciderDidNotFileIt, deciderDidNotRegisterItsFacts, denialRestsOnWhatWasSeen],
  set: (_current, event, stamp) => ({
    decision: {
      outcome: 'denied',
      at: stamp.at,
      by: stamp.by,
      reasonCode: event.reasonCode,
      textId: event.reasonTextId,
      applyAgainOn: event.applyAgainOn,
      expiresOn: null,
      conditionsTextId: null,
      acceptedUnknowns: [],
      policyRulesVersion: event.policyRulesVersion,
    },
    dueAt: null,
    endedAt: stamp.at,
  }),
};

/** As at the second approval: the one who gave the first may not undo it as if they were the second. */
export const deniedOnSecondReview: Row<RequestDenied> = {
  ...denied,
  onlyIf: [
    deciderDidNotFileIt,
    deciderDidNotRegisterItsFacts,
    secondApprovalIsByAnApprover,
    secondReviewerDiffersFromFirst,
    denialRestsOnWhatWasSeen,
  ],
};

export const withdrawn: Row<Withdrawn> = {
  to: 'withdrawn',
  by: ['requester'],
  set: (_current, _event, stamp) => ({ dueAt: null, endedAt: stamp.at, question: null }),
};

export const endedByPolicy: Row<EndedByPolicy> = {
  to: 'withdrawn',
  by: ['policy'],
  set: (_current, _event, stamp) => ({ dueAt: null, endedAt: stamp.at, question: null }),
};
export const informationRequested: Row<InformationRequested> = {
  to: 'awaiting-information',
  by: ['platform'],
  onlyIf: [deciderDidNotFileIt],
  set: (_current, event, stamp) => ({
    question: {
      textId: event.questionTextId,
      fields: event.fields,
      askedAt: stamp.at,
      askedBy: stamp.by,
      answerBy: event.answerBy,
    },
    dueAt: event.answerBy,
  }),
};

export const informationGiven: Row<InformationGiven> = {
  to: 'checking',
  by: ['requester'],
  set: (current, event, stamp) => ({
    ...beginRound(event),
    dailyVolume: event.dailyVolume,
    reviewDueAt: clockResumed(current, stamp),
  }),
  effects: roundEffects,
};

export const recheckRequested: Row<RecheckRequested> = {
  to: 'checking',
  by: ['platform'],
  set: (_current, event) => beginRound(event),
  effects: roundEffects,
};
