import type { z } from 'zod';
import { jsonSchema, type Json } from './openapi-schemas.js';
import type { AnyRoute } from './route.js';

/** What parameters of a name mean wherever they stand; a schema's own description goes before. */
const words: Readonly<Record<string, string>> = {
  from: 'The size of an earlier checkpoint: with a proof that the latest one only adds to it.',
  subject:
    'Only those about this: the id of a request, an exemption, a subscription, a person’s commitment, or a route.',
  actor: 'Only those of this person: an object id, or the commitment of somebody who was erased.',
  action: 'Only those of this action, for example request.approved or read.',
  since: 'Only those recorded at this instant or later.',
  until: 'Only those recorded before this instant.',
  entryId: 'The entry’s id, as the list of entries gives it.',
  id: 'The id of the thing, a UUID in any case.',
  subscriptionId: 'The subscription’s id, a UUID in any case.',
  tenantId: 'The tenant’s id, a UUID in any case.',
  partnerTenantId: 'The tenant of the partner, a UUID in any case.',
  customerTenantId: 'The tenant of the customer, a UUID in any case.',
  exemptionId: 'Only those of this exemption.',
  vmId: 'The machine’s own id as the cloud gives it, in any case.',
  pack: 'A version of the policy, P0 to P10.',
  limit: 'How many rows at most, 1 to 200.',
  cursor: 'The nextCursor of the page before. It is good for the same list, filter and caller.',
  state: 'Only those in this state.',
  status: 'Only those that are told by this word.',
  createdAfter: 'Only those filed later, an instant in ISO 8601 with its offset.',
  verdict: 'Only those that the checks came to this verdict on.',
  assignee: 'Only those claimed by this person, by object id.',
  offer: 'Only those of subscriptions of this offer, by quota id.',
  needsHuman: 'Only those that somebody has to look at, or only the others.',
  overdue: 'Only those beyond their due time, or only the others.',
  secret: 'The shared secret of events.',
  sort: 'due: oldest due first; submitted: oldest first; newest: newest first.',
};

const ifMatch = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description: 'The ETag of the version that is decided on.',
  schema: { type: 'string', examples: ['"3"'] },
} as const;
const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Same key and body: same answer, one effect. Kept 24 hours.',
  schema: { type: 'string', maxLength: 255, examples: ['5f0c6a8e-7d0f-4c53-9a44-1b0f2a3c4d5e'] },
} as const;
const lastEventId = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  description: 'The id of the last event that was seen: the stream goes on after it.',
  schema: { type: 'string', examples: ['7'] },
} as const;

/** The parameters of a route: of its path, its query, and the headers that mean something to it. */
export function parametersOf({
  params,
  query,
  ifMatch: needsVersion,
  idempotent,
  answer,
}: AnyRoute): readonly Json[] {
  return [
    ...fieldsOf(params, 'path'),
    ...fieldsOf(query, 'query'),
    ...(needsVersion === true ? [ifMatch] : []),
    ...(idempotent === true ? [idempotencyKey] : []),
    ...(answer === null ? [lastEventId] : []),
  ];
}

function fieldsOf(schema: z.ZodType, where: 'path' | 'query'): readonly Json[] {
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    properties?: Readonly<Record<string, Json>>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...described(
      description ??
        (where === 'query' && name === 'subscriptionId' ? 'Only those of this subscription.' : words[name]),
    ),
    schema: property,
  }));
}

function described(description: unknown): Json {
  return description === undefined ? {} : { description };
}
