import { z } from 'zod';
import { route } from '../route.js';
import { idParams, listOf, noBody, noQuery } from '../schemas/common.js';
import { consentBody, requestAnswer } from '../schemas/request.schema.js';
import {
  batchAnswer,
  batchBody,
  batchDocumented,
  controlProofAnswer,
  portfolioItem,
} from '../schemas/partner.schema.js';
import * as examples from './requester.examples.js';
import { listQuery, subscriptionParams } from '../schemas/registry.schema.js';

const none = { params: z.strictObject({}), query: noQuery, body: noBody } as const;
const proofs = { tag: 'Subscriptions', path: '/v1/subscriptions/:subscriptionId/control-proofs' } as const;

export const askControlProof = route({
  ...none,
  ...proofs,
  method: 'POST',
  permission: 'control-proofs:ask',
  summary: 'Ask for a proof that you control a subscription: a tag to put on it, which is then looked for.',
  status: 201,
  params: subscriptionParams,
  answer: controlProofAnswer,
  probe: 'subscription',
  idempotent: true,
  refuses: [404, 409],
});
export const listControlProofs = route({
  ...none,
  ...proofs,
  method: 'GET',
  permission: 'subscriptions:read',
  summary: 'List the proofs of control of a subscription, newest first.',
  status: 200,
  params: subscriptionParams,
  query: listQuery,
  answer: listOf(controlProofAnswer),
  refuses: [404],
});
export const submitBatch = route({
  ...none,
  tag: 'Exemption requests',
  method: 'POST',
  path: '/v1/exemption-requests/batch',
  permission: 'requests:file',
  summary: 'File up to 50 requests at once, each with its own result; it costs as much as filing each.',
  status: 200,
  body: batchBody,
  documentedBody: batchDocumented,
  example: { requests: [examples.submit] },
  answer: batchAnswer,
  idempotent: true,
  refuses: [],
});
export const recordConsent = route({
  ...none,
  tag: 'Exemption requests',
  method: 'PUT',
  path: '/v1/exemption-requests/:id/consent',
  permission: 'requests:file',
  summary: 'Record the customer’s consent to a request that its partner filed.',
  status: 200,
  params: idParams,
  body: consentBody,
  example: examples.consent,
  answer: requestAnswer,
  probe: 'request',
  etag: true,
  refuses: [404, 409],
});
export const readPortfolio = route({
  ...none,
  tag: 'Portfolio',
  method: 'GET',
  path: '/v1/portfolio',
  permission: 'portfolio:read',
  summary: 'Your customers as their partner: what you filed for each, and what waits for whom.',
  status: 200,
  query: listQuery,
  answer: listOf(portfolioItem),
  cost: 10,
  refuses: [],
});
