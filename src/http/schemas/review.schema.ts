import { z } from 'zod';
import { actorRef, at, id, instant, line, orNull, pageQuery, text, uuid, word } from './common.js';
import { findingParts } from './finding.schema.js';
import { historyLine, planAnswer } from './exemption.schema.js';
import { controlProofReview } from './partner.schema.js';
import { eligibilityReview, subscriptionFacts } from './registry.schema.js';
import { previewParts } from './preview.schema.js';
import { fieldsOfARequest, requestAnswer, requestState } from './request.schema.js';
import { listOfDifferent } from './values.js';

const queueParts = {
  verdict: orNull(z.string()),
  round: z.number().int(),
  dailyVolume: z.number().int(),
  filedBy: actorRef,
  firstApproval: orNull(z.object({ by: actorRef, at })),
  decidedBy: orNull(actorRef),
  clock: z.object({
    dueAt: orNull(at),
    overdue: z.boolean(),
    stopped: z.boolean(),
    stateEndsAt: orNull(at),
  }),
  claim: orNull(z.object({ by: actorRef, claimedAt: at, until: at })),
};
export const queueItemAnswer = requestAnswer.extend(queueParts).meta({ id: 'QueueItem' });

export const finding = z.object({ round: z.number().int(), ...findingParts }).meta({ id: 'Finding' });
export const noteAnswer = z.object({ id, at, by: actorRef, text: orNull(z.string()) }).meta({ id: 'Note' });

/** What the requester wrote; parts are null once they were erased. */
const particulars = z
  .object({
    justification: orNull(z.string()),
    sending: z.object({
      kinds: z.array(z.string()),
      domains: z.array(z.string()),
      dailyVolume: z.number().int(),
      heloName: orNull(z.string()),
      publicAddresses: z.array(z.string()),
      dkimSelectors: z.array(z.string()),
      optIn: orNull(z.string()),
      bounceHandling: orNull(z.string()),
      abuseContact: orNull(z.string()),
    }),
    contact: orNull(z.object({ name: z.string(), email: z.string(), language: z.string() })),
    consent: orNull(z.object({ givenBy: z.string(), givenAt: at, reference: z.string() })),
  })
  .meta({ id: 'RequestParticulars' });

export const requestReviewAnswer = queueItemAnswer
  .extend({
    ...previewParts,
    subscription: orNull(subscriptionFacts),
    eligibility: orNull(eligibilityReview),
    relayCannotBeUsed: z.boolean(),
    restartPlan: planAnswer,
    particulars: orNull(particulars),
    controlProof: orNull(controlProofReview),
    findings: z.array(finding),
    couldNotLook: z.array(z.string()),
    needsSecondApproval: z.boolean(),
    secondApprovalReasons: z.array(z.object({ code: z.string(), message: z.string() })),
    mustBeAccepted: z.array(z.string()),
    firstTerms: orNull(
      z.object({
        expiresOn: orNull(at),
        conditions: orNull(z.string()),
        acceptedUnknowns: z.array(z.string()),
      }),
    ),
    related: z.array(
      z.object({
        id,
        subscriptionId: id,
        state: z.string(),
        submittedAt: at,
        decisionCode: orNull(z.string()),
        sameSubscription: z.boolean(),
      }),
    ),
    notes: z.array(noteAnswer),
    history: z.array(historyLine),
  })
  .meta({ id: 'RequestReview' });

export const queueQuery = z.strictObject({
  state: requestState.optional(),
  verdict: z.enum(['clear', 'doubtful', 'hostile']).optional(),
  assignee: word(64).optional(),
  partnerTenantId: uuid.optional(),
  offer: line(100).optional(),
  overdue: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional(),
  sort: z.enum(['due', 'submitted', 'newest']).default('due'),
  ...pageQuery,
});

export const approveBody = z
  .strictObject({
    reason: text(4_000),
    expiresOn: instant.optional(),
    conditions: text(4_000).optional(),
    acceptedUnknowns: z.array(word(100)).max(50).default([]),
    replacesFirstTerms: z.strictObject({ reason: text(4_000) }).optional(),
  })
  .meta({ id: 'ApproveRequest' });
export const denyBody = z
  .strictObject({
    reasonCode: word(100),
    internalReason: text(4_000),
    applyAgainOn: instant.optional(),
  })
  .meta({ id: 'DenyRequest' });
const fieldOfARequest = z.string().refine((name) => fieldsOfARequest.includes(name), {
  message: `Name a field of a submit, with dots between its parts: ${fieldsOfARequest.join(', ')}.`,
  params: { code: 'not-a-field' },
});
export const askBody = z
  .strictObject({
    question: text(4_000),
    fields: listOfDifferent(fieldOfARequest, 0, 50).default([]),
  })
  .meta({ id: 'RequestInformation' });
export const recheckBody = z.strictObject({ reason: text(4_000) }).meta({ id: 'RecheckRequest' });
export const takeOverBody = z.strictObject({ reason: text(4_000) }).meta({ id: 'TakeClaimOver' });
export const noteBody = z.strictObject({ text: text(8_000) }).meta({ id: 'AddNote' });
