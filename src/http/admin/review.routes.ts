import { z } from 'zod';
import { route } from '../route.js';
import * as examples from './admin.examples.js';
import { idParams, listOf, noBody, noQuery } from '../schemas/common.js';
import {
  relationshipAnswer,
  relationshipBody,
  relationshipParams,
  registerSubscriptionBody,
  subscriptionAnswer,
  subscriptionParams,
  tenantAnswer,
  tenantBody,
  tenantParams,
} from '../schemas/registry.schema.js';
import {
  approveBody,
  askBody,
  denyBody,
  noteAnswer,
  noteBody,
  queueItemAnswer,
  queueQuery,
  recheckBody,
  requestReviewAnswer,
  takeOverBody,
} from '../schemas/review.schema.js';

const none = { params: z.strictObject({}), query: noQuery, body: noBody } as const;
const review = { tag: 'Admin: requests' } as const;
const registry = { tag: 'Admin: registry' } as const;
const one = '/v1/admin/exemption-requests/:id';
const step = {
  ...none,
  ...review,
  method: 'POST',
  status: 200,
  params: idParams,
  answer: queueItemAnswer,
  probe: 'request',
  etag: true,
  idempotent: true,
} as const;

export const reviewQueue = route({
  ...none,
  ...review,
  method: 'GET',
  status: 200,
  path: '/v1/admin/exemption-requests',
  permission: 'queue:read',
  summary: 'The review queue, oldest due first, with clocks.',
  query: queueQuery,
  answer: listOf(queueItemAnswer),
  refuses: [],
});
export const reviewRequest = route({
  ...none,
  ...review,
  method: 'GET',
  status: 200,
  path: one,
  permission: 'queue:read',
  summary:
    'Everything needed to decide: facts, eligibility, findings with evidence, verdict, related requests, notes, history.',
  params: idParams,
  answer: requestReviewAnswer,
  etag: true,
  refuses: [404],
  records: 'read',
});
export const claimRequest = route({
  ...step,
  path: `${one}/claim`,
  permission: 'requests:claim',
  summary: 'Take a request to work on it. A claim lapses.',
  refuses: [404, 409],
});
export const releaseRequest = route({
  ...step,
  path: `${one}/release`,
  permission: 'requests:claim',
  summary: 'Give a claimed request back.',
  refuses: [404, 409],
});
export const takeClaimOver = route({
  ...step,
  path: `${one}/take-over`,
  permission: 'claims:take-over',
  summary: 'Take over a request that somebody else has claimed; a lead may, with a reason.',
  body: takeOverBody,
  example: examples.takeOver,
  refuses: [404, 409],
});
export const approveRequest = route({
  ...step,
  path: `${one}/approve`,
  permission: 'requests:decide',
  summary: 'Approve; eligibility is judged again.',
  body: approveBody,
  example: examples.approve,
  ifMatch: true,
  refuses: [403, 404, 409, 412, 422, 428],
});
export const denyRequest = route({
  ...step,
  path: `${one}/deny`,
  permission: 'requests:decide',
  summary: 'Deny with a reason code; the requester gets its words.',
  body: denyBody,
  example: examples.deny,
  ifMatch: true,
  refuses: [403, 404, 409, 412, 422, 428],
});
export const requestInformation = route({
  ...step,
  path: `${one}/request-information`,
  permission: 'requests:decide',
  summary: 'Ask the requester something; the review clock stops.',
  body: askBody,
  example: examples.ask,
  refuses: [403, 404, 409],
});
export const recheckRequest = route({
  ...step,
  path: `${one}/recheck`,
  permission: 'requests:decide',
  summary: 'Begin a new round of checks.',
  body: recheckBody,
  example: examples.recheck,
  refuses: [404, 409, 422],
});
export const addNote = route({
  ...step,
  path: `${one}/notes`,
  permission: 'notes:write',
  summary: 'Add an internal note.',
  status: 201,
  body: noteBody,
  example: examples.note,
  answer: noteAnswer,
  etag: false,
  refuses: [404],
});

const put = { ...none, ...registry, method: 'PUT', status: 200, upserts: true } as const;
export const registerSubscription = route({
  ...put,
  path: '/v1/admin/subscriptions/:subscriptionId',
  permission: 'subscriptions:register',
  summary: 'Register a subscription’s facts; 201 when it is new. Live exemptions are judged on a change.',
  params: subscriptionParams,
  body: registerSubscriptionBody,
  example: examples.subscription,
  answer: subscriptionAnswer,
  refuses: [409, 422],
});
export const registerTenant = route({
  ...put,
  path: '/v1/admin/tenants/:tenantId',
  permission: 'tenants:register',
  summary: 'Register a tenant as customer or partner; 201 when it is new.',
  params: tenantParams,
  body: tenantBody,
  example: examples.tenant,
  answer: tenantAnswer,
  refuses: [409, 422],
});
export const registerRelationship = route({
  ...put,
  path: '/v1/admin/partner-relationships/:partnerTenantId/:customerTenantId',
  permission: 'relationships:register',
  summary: 'Register or end a partner’s relationship to a customer; 201 when it is new.',
  params: relationshipParams,
  body: relationshipBody,
  example: examples.relationship,
  answer: relationshipAnswer,
  refuses: [404, 409, 422],
});
