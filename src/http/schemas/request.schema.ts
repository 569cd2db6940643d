import { z } from 'zod';
import { at, id, instant, legible, orNull, pageQuery, reason, text, uuid } from './common.js';
import { progress, restartPlanPart } from './exemption.schema.js';
import { previewParts } from './preview.schema.js';

/** No address, which would look like a name of digits. */
const domainName = z
  .string()
  .max(253)
  .regex(
    /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9-]{2,63}$/i,
    'Give a domain name, e.g. mail.example.com.',
  )
  .transform((value) => value.toLowerCase());
const ipAddress = z.union([z.ipv4(), z.ipv6()], { error: 'Give an IPv4 or IPv6 address.' });
const mailAddress = z.email('Give a mail address.').max(254);

const sending = z.strictObject({
  kinds: z
    .array(z.enum(['transactional', 'marketing', 'personal', 'system']))
    .min(1)
    .max(4),
  domains: z.array(domainName).min(1).max(20),
  dailyVolume: z.number().int().min(1, 'At least 1 mail a day.').max(1_000_000_000),
  heloName: domainName.optional(),
  publicAddresses: z.array(ipAddress).max(50).optional(),
  dkimSelectors: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/i, 'Give a DKIM selector.'))
    .max(20)
    .optional(),
  optIn: text(4_000).optional(),
  bounceHandling: text(4_000).optional(),
  abuseContact: mailAddress.optional(),
});

const acknowledged = z.literal(true, {
  error: 'Acknowledge the liability with true: without it nothing can be granted.',
});

const consent = z.strictObject({ givenBy: text(200), givenAt: instant, reference: text(500) });
export const consentBody = consent.meta({ id: 'RecordConsent' });

export const submitBody = z
  .strictObject({
    subscriptionId: uuid,
    classification: z.enum([
      'technical/virtual-network/connectivity/cannot-send-email',
      'subscription-management/enable-port-25-email-flow',
    ]),
    justification: z
      .string({
        error: 'Say why this deployment must deliver directly instead of through an authenticated relay.',
      })
      .trim()
      .min(
        40,
        'Say in at least 40 characters why this deployment must deliver directly instead of through an authenticated relay.',
      )
      .max(4_000, 'Give at most 4,000 characters.')
      .regex(legible, 'Leave out control characters and broken ones.'),
    relayCannotBeUsed: z.boolean(),
    sending,
    contact: z.strictObject({
      name: text(200),
      email: mailAddress,
      language: z
        .string()
        .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
        .default('en'),
    }),
    onBehalfOf: z
      .strictObject({
        customerTenantId: uuid,
        consent: consent.optional(),
      })
      .optional(),
    restart: restartPlanPart.optional(),
    acknowledgedLiability: acknowledged,
  })
  .meta({ id: 'SubmitRequest' });

export const informationBody = z
  .strictObject({ answer: text(8_000), sending: sending.partial().optional() })
  .meta({ id: 'GiveInformation' });
export const withdrawBody = z
  .strictObject({ reason: text(4_000).optional() })
  .nullish()
  .transform((body) => body ?? {})
  .meta({ id: 'WithdrawRequest' });

export const requestState = z.enum([
  'checking',
  'reviewing',
  'awaiting-information',
  'second-reviewing',
  'approved',
  'denied',
  'withdrawn',
  'lapsed',
]);
const requestStatus = z.enum([
  'checking',
  'in-review',
  'needs-information',
  'denied',
  'withdrawn',
  'lapsed',
  'awaiting-restart',
  'effective',
  'suspended',
  'revoking',
  'revoked',
  'expired',
]);

export const listRequestsQuery = z.strictObject({
  state: requestState.optional(),
  status: requestStatus.optional(),
  subscriptionId: uuid.optional(),
  customerTenantId: uuid.optional(),
  createdAfter: instant.optional(),
  ...pageQuery,
});

export const requestAnswer = z
  .object({
    id,
    subscriptionId: id,
    customerTenantId: id,
    state: z.string(),
    status: z.string(),
    pack: z.string(),
    classification: z.string(),
    submittedAt: at,
    submittedBy: z.object({ tenantId: orNull(id), kind: z.string() }),
    decision: orNull(
      z.object({
        outcome: z.string(),
        at,
        reasons: z.array(reason),
        applyAgainOn: orNull(at),
        expiresOn: orNull(at),
        conditions: orNull(z.string()),
        receipt: orNull(z.string()),
      }),
    ),
    question: orNull(
      z.object({ text: orNull(z.string()), fields: z.array(z.string()), askedAt: at, answerBy: at }),
    ),
    exemption: orNull(z.object({ id, state: z.string(), progress, stillOpen: orNull(z.number().int()) })),
    checks: z.object({ total: z.number().int(), finished: z.number().int() }),
    links: z.object({
      self: z.string(),
      history: z.string(),
      events: z.string(),
      subscription: z.string(),
      exemption: orNull(z.string()),
    }),
  })
  .meta({ id: 'ExemptionRequest' });
export const requestPageAnswer = requestAnswer.extend(previewParts).meta({ id: 'ExemptionRequestPage' });

export const historyQuery = z.strictObject(pageQuery);
export const eventsQuery = z.strictObject({
  lastEventId: z.coerce
    .number()
    .int()
    .min(0)
    .max(999_999_999)
    .optional()
    .describe('The sequence after which to go on, for clients that cannot send Last-Event-ID.'),
});
export const historyRow = z
  .object({
    sequence: z.number().int(),
    at,
    event: z.string(),
    by: z.string(),
    message: z.string(),
    code: z.string().optional(),
  })
  .meta({ id: 'HistoryRow' });
