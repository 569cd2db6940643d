import { z } from 'zod';
import { at, id, instant, legible, line, orNull, pageQuery, reason, text, uuid } from './common.js';
import { progress, restartPlanPart } from './exemption.schema.js';
import { previewParts } from './preview.schema.js';
import {
  dkimSelector,
  domainName,
  language,
  listOfDifferent,
  mailAddress,
  publicAddress,
  variedText,
} from './values.js';

const kinds = z.enum(['transactional', 'marketing', 'personal', 'system']);

const sending = z.strictObject({
  kinds: listOfDifferent(kinds, 1, 4),
  domains: listOfDifferent(domainName, 1, 20),
  dailyVolume: z.number().int().min(1).max(1_000_000_000),
  heloName: domainName.optional(),
  publicAddresses: listOfDifferent(publicAddress, 0, 50).optional(),
  dkimSelectors: listOfDifferent(dkimSelector, 0, 20).optional(),
  optIn: text(4_000).optional(),
  bounceHandling: text(4_000).optional(),
  abuseContact: mailAddress.optional(),
});

const acknowledged = z.literal(true, {
  error: 'Acknowledge the liability with true: without it nothing can be granted.',
});

const consent = z.strictObject({ givenBy: line(200), givenAt: instant, reference: line(500) });
export const consentBody = consent.meta({ id: 'RecordConsent' });

const sayWhy =
  'Say in at least 40 characters why this deployment must deliver directly instead of through an authenticated relay.';

export const submitBody = z
  .strictObject({
    subscriptionId: uuid,
    classification: z.enum([
      'technical/virtual-network/connectivity/cannot-send-email',
      'subscription-management/enable-port-25-email-flow',
    ]),
    justification: z
      .string()
      .trim()
      .min(40, sayWhy)
      .max(4_000)
      .regex(legible, 'Leave out control characters and halves of surrogate pairs.')
      .refine(variedText, { abort: true, message: sayWhy, params: { code: 'justification-missing' } }),
    relayCannotBeUsed: z.boolean(),
    sending,
    contact: z.strictObject({
      name: line(200),
      email: mailAddress,
      language: language.default('en'),
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

/** Every field of a submit, its parts with dots between them: what a question may point at. */
export const fieldsOfARequest: readonly string[] = fieldsIn(submitBody, '');

function fieldsIn(schema: z.ZodType, above: string): readonly string[] {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape as Readonly<Record<string, z.ZodType>>).flatMap(([name, part]) => [
    `${above}${name}`,
    ...fieldsIn(part, `${above}${name}.`),
  ]);
}

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
  'moved',
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
