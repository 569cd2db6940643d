import type { Lifecycle } from '../lifecycle-table.js';
import type { RequestEvent, Submitted } from './request-events.js';
import {
  roundEffects,
  nothingDecided,
  checksEnded,
  firstApproval,
  secondApproval,
  denied,
  deniedOnSecondReview,
  withdrawn,
  endedByPolicy,
  informationRequested,
  informationGiven,
  recheckRequested,
} from './request-transitions.js';
import type { ExemptionRequest, RequestState } from './request.js';

/** A request: a question that ends with an answer. The table of docs/architecture.md. */
export const requestLifecycle: Lifecycle<RequestState, ExemptionRequest, RequestEvent> = {
  name: 'request',
  states: {
    checking: {
      kind: 'working',
      patience: '10 minutes, then what has not ended is "error" and the round ends',
    },
    reviewing: {
      kind: 'working',
      patience: 'the review clock (reviewDueAt): overdue in the queue, never decided by time',
    },
    'awaiting-information': { kind: 'working', patience: '14 days, then lapsed' },
    'second-reviewing': { kind: 'working', patience: 'the review clock, as reviewing' },
    approved: { kind: 'final' },
    denied: { kind: 'final' },
    withdrawn: { kind: 'final' },
    lapsed: { kind: 'final' },
  },
  births: {
    submitted: {
      to: 'checking',
      by: ['requester'],
      make: ({ type: _type, ...event }: Submitted, stamp) => ({
        ...nothingDecided,
        ...event,
        filedBy: stamp.by,
        submittedAt: stamp.at,
      }),
      effects: roundEffects,
    },
  },
  transitions: {
    checksEnded: { checking: checksEnded },
    informationRequested: { reviewing: informationRequested },
    informationGiven: { 'awaiting-information': informationGiven },
    recheckRequested: { reviewing: recheckRequested },
    approved: { reviewing: firstApproval, 'second-reviewing': secondApproval },
    denied: { reviewing: denied, 'second-reviewing': deniedOnSecondReview },
    withdrawn: {
      checking: withdrawn,
      reviewing: withdrawn,
      'awaiting-information': withdrawn,
      'second-reviewing': withdrawn,
    },
    endedByPolicy: {
      checking: endedByPolicy,
      reviewing: endedByPolicy,
      'awaiting-information': endedByPolicy,
      'second-reviewing': endedByPolicy,
    },
    patienceExceeded: {
      'awaiting-information': {
        to: 'lapsed',
        by: ['system'],
        set: (_current, _event, stamp) => ({ dueAt: null, endedAt: stamp.at, question: null }),
      },
    },
  },
  repeats: { checksEnded: 'ignored', patienceExceeded: 'ignored' },
  invariants: {
    checking: (request) => (request.dueAt === null ? 'a round of checks has no end' : null),
    'awaiting-information': (request) => (request.question === null ? 'nobody knows the question' : null),
    'second-reviewing': (request) => (request.firstApproval === null ? 'there is no first approval' : null),
    approved: (request) =>
      request.decision === null || request.exemptionId === null
        ? 'approved without decision or exemption'
        : null,
    denied: (request) => (request.decision === null ? 'denied without a decision' : null),
  },
};
