import type { Lifecycle, Transition } from '../lifecycle-table.js';
import type { Violation, ViolationState } from './violation.js';

export interface ViolationRecorded extends Pick<
  Violation,
  'exemptionId' | 'subscriptionId' | 'tenantId' | 'violationKind' | 'descriptionTextId' | 'evidence'
> {
  readonly type: 'recorded';
}
export interface ViolationJudged {
  readonly type: 'confirmed' | 'dismissed';
  readonly textId: string;
}
export type ViolationEvent =
  | ViolationRecorded
  | (ViolationJudged & { readonly type: 'confirmed' })
  | (ViolationJudged & { readonly type: 'dismissed' });

const judged = <T extends 'confirmed' | 'dismissed'>(
  to: T,
): Transition<ViolationState, Violation, ViolationJudged & { readonly type: T }> => ({
  to,
  by: ['platform'],
  set: (_current, event, stamp) => ({
    judgedAt: stamp.at,
    judgedBy: stamp.by,
    judgementTextId: event.textId,
  }),
});

/** A violation: alleged, then judged once. A confirmed one may be named in a suspension or revocation. */
export const violationLifecycle: Lifecycle<ViolationState, Violation, ViolationEvent> = {
  name: 'violation',
  states: {
    alleged: { kind: 'working', patience: 'waits for an analyst; listed oldest first' },
    confirmed: { kind: 'final' },
    dismissed: { kind: 'final' },
  },
  births: {
    recorded: {
      to: 'alleged',
      by: ['platform'],
      make: ({ type: _type, ...event }: ViolationRecorded, stamp) => ({
        ...event,
        recordedAt: stamp.at,
        recordedBy: stamp.by,
        judgedAt: null,
        judgedBy: null,
        judgementTextId: null,
      }),
    },
  },
  transitions: {
    confirmed: { alleged: judged('confirmed') },
    dismissed: { alleged: judged('dismissed') },
  },
  repeats: {},
  invariants: {
    confirmed: (violation) => (violation.judgedBy === null ? 'confirmed by nobody' : null),
    dismissed: (violation) => (violation.judgedBy === null ? 'dismissed by nobody' : null),
  },
};
