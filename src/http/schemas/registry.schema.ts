import { z } from 'zod';
import { restartPlanPart } from './exemption.schema.js';
import { previewNote, restartPreview } from './preview.schema.js';
import { at, id, instant, line, orNull, pageQuery, refusal, uuid, word } from './common.js';

const offer = z.strictObject({
  quotaId: line(100),
  offerId: line(100).nullish(),
  agreementType: line(100).nullish(),
  accountType: line(100).nullish(),
});
const billing = z.strictObject({
  paidInvoicesUsd: z.number().min(0).max(1_000_000_000_000),
  firstInvoicePaidAt: instant.nullish().transform((value) => value ?? null),
  pastDue: z.boolean(),
});
const subscriptionState = z.enum(['Enabled', 'Warned', 'PastDue', 'Disabled', 'Deleted']);

export const eligibilityBody = z
  .union(
    [
      z.strictObject({
        subscriptionId: uuid,
        restart: restartPlanPart.optional(),
        pack: word(5).optional(),
        asOf: instant.optional(),
      }),
      z.strictObject({
        offer,
        createdAt: instant,
        state: subscriptionState.optional(),
        partnerTenantId: uuid.nullish(),
        billing: billing.optional(),
        pack: word(5).optional(),
        asOf: instant.optional(),
      }),
    ],
    {
      error:
        'Give a subscriptionId, with a restart plan if you like, or bare facts with offer and createdAt; and no other fields than those, pack and asOf.',
    },
  )
  .meta({ id: 'ExplainEligibility' });

const judgement = z.object({
  outcome: z.string(),
  pack: z.string(),
  requester: orNull(z.string()),
  reasons: z.array(z.object({ code: z.string(), message: z.string(), rule: z.string(), source: z.string() })),
  nextSteps: z.array(z.string()),
});
/** With what restarting the machines would do, where a registered subscription was asked about. */
export const eligibilityAnswer = judgement
  .extend({ preview: orNull(restartPreview).optional(), previewUnavailable: orNull(previewNote).optional() })
  .meta({ id: 'Eligibility' });
/** The same for platform staff: with how the offer was read, and what a submit would be refused with. */
export const eligibilityReview = judgement
  .extend({
    classification: z.object({
      kind: z.string(),
      offer: z.string().optional(),
      candidates: z.array(z.string()).optional(),
      orUnlisted: z.boolean().optional(),
    }),
    refusals: z.array(refusal),
    conflicts: z.array(refusal),
    port25Open: z.boolean(),
    grantsByRule: z.boolean(),
  })
  .meta({ id: 'EligibilityReview' });

export const subscriptionParams = z.strictObject({ subscriptionId: uuid });
export const registerSubscriptionBody = z
  .strictObject({
    tenantId: uuid,
    displayName: line(200),
    offer,
    createdAt: instant,
    state: subscriptionState,
    spendingLimit: z.enum(['On', 'Off', 'CurrentPeriodOff']).nullish(),
    partnerTenantId: uuid.nullish(),
    billing,
  })
  .meta({ id: 'RegisterSubscription' });

export const subscriptionFacts = z
  .object({
    subscriptionId: id,
    tenantId: id,
    displayName: z.string(),
    offer: z.object({
      quotaId: z.string(),
      offerId: orNull(z.string()),
      agreementType: orNull(z.string()),
      accountType: orNull(z.string()),
    }),
    createdAt: at,
    state: z.string(),
    spendingLimit: orNull(z.string()),
    partnerTenantId: orNull(id),
    billing: z.object({ paidInvoicesUsd: z.number(), firstInvoicePaidAt: orNull(at), pastDue: z.boolean() }),
  })
  .meta({ id: 'SubscriptionFacts' });
export const subscriptionAnswer = subscriptionFacts
  .extend({
    port25: z.string(),
    links: z.object({ self: z.string(), liveRequest: orNull(z.string()), exemption: orNull(z.string()) }),
  })
  .meta({ id: 'Subscription' });
export const listQuery = z.strictObject(pageQuery);

export const tenantParams = z.strictObject({ tenantId: uuid });
export const tenantBody = z
  .strictObject({ kind: z.enum(['customer', 'partner']), name: line(200) })
  .meta({ id: 'RegisterTenant' });
export const tenantAnswer = z
  .object({ tenantId: id, kind: z.string(), name: z.string() })
  .meta({ id: 'Tenant' });

export const relationshipParams = z.strictObject({ partnerTenantId: uuid, customerTenantId: uuid });
/**
 * As Microsoft Graph names the states of a delegated administration relationship, with those of a reseller's
 * (https://learn.microsoft.com/graph/api/resources/delegatedadminrelationship). Only `active` gives rights.
 */
export const relationshipStatuses = [
  'active',
  'activating',
  'approval-pending',
  'approved',
  'created',
  'expired',
  'expiring',
  'pending',
  'suspended',
  'terminated',
  'terminating',
  'termination-requested',
] as const;
export const relationshipBody = z
  .strictObject({
    status: z.enum(relationshipStatuses),
    validFrom: instant,
    validTo: instant.nullish(),
    kind: z.enum(['reseller', 'delegated-administration', 'managed']).optional(),
  })
  .refine(({ kind, validTo }) => kind !== 'delegated-administration' || typeof validTo === 'string', {
    path: ['validTo'],
    message: 'Delegated administration is granted for a time: give its end.',
  })
  .refine(({ validFrom, validTo }) => validTo === null || validTo === undefined || validTo > validFrom, {
    path: ['validTo'],
    message: 'A relationship ends after it begins.',
  })
  .meta({ id: 'RegisterRelationship' });
/** What a relationship says, without whose it is. */
export const relationshipTerms = z.object({
  status: z.string(),
  validFrom: at,
  validTo: orNull(at),
  kind: z.string(),
  source: z.string(),
  confirmedAt: at,
});
export const relationshipAnswer = relationshipTerms
  .extend({ partnerTenantId: id, customerTenantId: id })
  .meta({ id: 'PartnerRelationship' });
