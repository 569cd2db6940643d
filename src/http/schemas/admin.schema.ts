import { z } from 'zod';
import { actorRef, at, id, instant, orNull, pageQuery, text, uuid, word } from './common.js';

export const recordViolationBody = z
  .strictObject({
    exemptionId: uuid,
    kind: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,49}$/, 'Give a kind in lower-case kebab, e.g. "spam-complaint".'),
    description: text(8_000),
    evidence: z
      .array(
        z.strictObject({ kind: z.string().regex(/^[a-z][a-z0-9-]{0,49}$/), at: instant, text: text(8_000) }),
      )
      .min(1)
      .max(50),
  })
  .meta({ id: 'RecordViolation' });
export const judgeBody = z.strictObject({ internalReason: text(4_000) }).meta({ id: 'JudgeViolation' });
export const violationAnswer = z
  .object({
    id,
    state: z.string(),
    exemptionId: id,
    subscriptionId: id,
    customerTenantId: id,
    kind: z.string(),
    description: orNull(z.string()),
    evidence: z.array(z.object({ kind: z.string(), at, text: orNull(z.string()) })),
    recordedAt: at,
    recordedBy: actorRef,
    judgedAt: orNull(at),
    judgedBy: orNull(actorRef),
    internalReason: orNull(z.string()),
  })
  .meta({ id: 'Violation' });
export const listViolationsQuery = z.strictObject({
  state: z.enum(['alleged', 'confirmed', 'dismissed']).optional(),
  exemptionId: uuid.optional(),
  ...pageQuery,
});

export const listExemptionsQuery = z.strictObject({
  state: z
    .enum(['enabling', 'effective', 'suspended', 'revoking', 'expiring', 'revoked', 'expired'])
    .optional(),
  subscriptionId: uuid.optional(),
  needsHuman: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional(),
  ...pageQuery,
});

export const listEffectsQuery = z.strictObject({
  state: z.enum(['pending', 'dispatched', 'done', 'dead']).optional(),
  ...pageQuery,
});
export const effectAnswer = z
  .object({
    id,
    type: z.string(),
    subject: z.record(z.string(), z.union([z.string(), z.number()])),
    state: z.string(),
    epoch: z.number().int(),
    attempts: z.number().int(),
    losses: z.number().int(),
    dueAt: at,
    createdAt: at,
    lastError: orNull(z.string()),
  })
  .meta({ id: 'Effect' });

export const packParams = z.strictObject({
  pack: z
    .string()
    .regex(/^P([0-9]|10)$/i, 'Packs are P0 to P10.')
    .transform((value) => value.toUpperCase()),
});
const thresholds = z
  .object({
    youngSubscriptionDays: z.number(),
    burst: z.object({ requests: z.number().int(), withinHours: z.number() }),
    coolingDown: z.object({ afterRevocationDays: z.number(), afterDenialDays: z.number() }),
    dailyVolumeSecondApproval: z.number().int(),
    reviewAfterDays: orNull(z.number()),
    awaitingInformationDays: z.number(),
  })
  .meta({ id: 'PolicyThresholds' });
export const packAnswer = z
  .object({
    id: z.string(),
    inForce: z.boolean(),
    dateOfText: z.string(),
    title: z.string(),
    cutOff: orNull(at),
    cutOffDecidedBy: z.string(),
    /** By offer: `unknown`, or whether it is blocked and who may ask. */
    table: z.record(
      z.string(),
      z.union([z.literal('unknown'), z.object({ blocked: z.string(), ask: z.string() })]),
    ),
    paymentGateUsd: orNull(z.number()),
    selfService: orNull(z.object({ goodStanding: z.boolean(), paymentHistory: z.boolean() })),
    thresholds,
    remarks: z.array(z.string()),
    source: z.string(),
    rulesVersion: z.number().int(),
  })
  .meta({ id: 'PolicyPack' });
export const packsAnswer = z
  .object({ items: z.array(packAnswer), nextCursor: z.null() })
  .meta({ id: 'PolicyPacks' });
/** Durations in milliseconds. */
export const settingsAnswer = z
  .object({
    pack: z.string(),
    checkRoundTimeoutMs: z.number(),
    informationPatienceMs: z.number(),
    claimMs: z.number(),
    relationshipsFreshForMs: z.number(),
    operationDeadlineMs: z.number(),
    reviewWithinMs: z.number(),
    orderSeenMs: z.number(),
    shortestWindowMs: z.number(),
    goneConfirmMs: z.number(),
    logLateMs: z.number(),
    clockMarginMs: z.number(),
    controlProofWaitMs: z.number(),
    controlProofMs: z.number(),
    operatorMaxUnavailable: z.union([z.number(), z.string()]),
    observeEveryMs: z.number(),
    watchEveryMs: z.number(),
    watchLooksAMinute: z.number(),
    activityLogEveryMs: z.number(),
    remindAfterMs: z.array(z.number()),
    remindEveryMs: z.number(),
    engineersAreMailed: z.boolean(),
    filingsADayOfSubscription: z.number(),
    filingsADayOfTenant: z.number(),
    mailsADayOfAddress: z.number(),
    mailsADayOfSubscription: z.number(),
    thresholds: orNull(thresholds),
  })
  .meta({ id: 'Settings' });

export const restartParams = z.strictObject({
  id: uuid,
  vmId: word(200).transform((value) => value.toLowerCase()),
});
export const gateParams = z.strictObject({ subscriptionId: uuid });
