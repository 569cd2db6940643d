import {
  eligibilityAnswer,
  eligibilityBody,
  listQuery,
  subscriptionAnswer,
  subscriptionParams,
} from '../schemas/registry.schema.js';
import { exemptionAnswer, machineAnswer, restartPlanBody } from '../schemas/exemption.schema.js';
import {
  eventsQuery,
  historyQuery,
  historyRow,
  informationBody,
  listRequestsQuery,
  requestAnswer,
  submitBody,
  withdrawBody,
} from '../schemas/request.schema.js';
import { idParams, listOf, noBody, noQuery } from '../schemas/common.js';
import { route } from '../route.js';
import * as examples from './requester.examples.js';
import { z } from 'zod';

const noParams = z.strictObject({});
const none = { params: noParams, query: noQuery, body: noBody } as const;
const requests = { tag: 'Exemption requests' } as const;
const exemptions = { tag: 'Exemptions' } as const;

export const explainEligibility = route({
  ...none,
  method: 'POST',
  path: '/v1/eligibility',
  permission: 'eligibility:explain',
  tag: 'Eligibility',
  summary: 'Learn whether a subscription could be exempted, who would have to ask, and why. Stores nothing.',
  status: 200,
  body: eligibilityBody,
  example: examples.eligibility,
  answer: eligibilityAnswer,
  refuses: [404],
});
export const listSubscriptions = route({
  ...none,
  method: 'GET',
  path: '/v1/subscriptions',
  permission: 'subscriptions:read',
  tag: 'Subscriptions',
  summary: 'List the subscriptions in your scope.',
  status: 200,
  query: listQuery,
  answer: listOf(subscriptionAnswer),
  refuses: [],
});
export const findSubscription = route({
  ...none,
  method: 'GET',
  path: '/v1/subscriptions/:subscriptionId',
  permission: 'subscriptions:read',
  tag: 'Subscriptions',
  summary: 'Read a subscription: its registered facts, and what port 25 is like.',
  status: 200,
  params: subscriptionParams,
  answer: subscriptionAnswer,
  refuses: [404],
});
export const submitRequest = route({
  ...none,
  ...requests,
  method: 'POST',
  path: '/v1/exemption-requests',
  permission: 'requests:file',
  summary: 'File a request for an exemption.',
  status: 201,
  located: true,
  body: submitBody,
  answer: requestAnswer,
  etag: true,
  idempotent: true,
  refuses: [404, 409, 422],
  example: examples.submit,
});
export const listRequests = route({
  ...none,
  ...requests,
  method: 'GET',
  path: '/v1/exemption-requests',
  permission: 'requests:read',
  summary: 'List the requests in your scope, newest first.',
  status: 200,
  query: listRequestsQuery,
  answer: listOf(requestAnswer),
  refuses: [],
});
export const findRequest = route({
  ...none,
  ...requests,
  method: 'GET',
  path: '/v1/exemption-requests/:id',
  permission: 'requests:read',
  summary: 'Read a request.',
  status: 200,
  params: idParams,
  answer: requestAnswer,
  etag: true,
  refuses: [404],
});
export const readHistory = route({
  ...none,
  ...requests,
  method: 'GET',
  path: '/v1/exemption-requests/:id/history',
  permission: 'requests:read',
  summary: 'Read what happened to a request, its exemption and its machines, in words.',
  status: 200,
  params: idParams,
  query: historyQuery,
  answer: listOf(historyRow),
  refuses: [404],
});
export const streamEvents = route({
  ...none,
  ...requests,
  method: 'GET',
  path: '/v1/exemption-requests/:id/events',
  permission: 'requests:read',
  summary: 'The same as the history, live: server-sent events with Last-Event-ID.',
  status: 200,
  params: idParams,
  query: eventsQuery,
  answer: null,
  refuses: [404],
});
export const giveInformation = route({
  ...none,
  ...requests,
  method: 'POST',
  path: '/v1/exemption-requests/:id/information',
  permission: 'requests:answer',
  summary: 'Answer a reviewer’s question. A new round of checks begins.',
  status: 200,
  params: idParams,
  body: informationBody,
  example: examples.information,
  answer: requestAnswer,
  probe: 'request',
  etag: true,
  idempotent: true,
  refuses: [403, 404, 409, 422],
});
export const withdrawRequest = route({
  ...none,
  ...requests,
  method: 'POST',
  path: '/v1/exemption-requests/:id/withdraw',
  permission: 'requests:withdraw',
  summary: 'Withdraw a request that is not decided yet.',
  status: 200,
  params: idParams,
  body: withdrawBody,
  example: examples.withdraw,
  answer: requestAnswer,
  probe: 'request',
  etag: true,
  idempotent: true,
  refuses: [403, 404, 409],
});
export const findExemption = route({
  ...none,
  ...exemptions,
  method: 'GET',
  path: '/v1/exemptions/:id',
  permission: 'exemptions:read',
  summary: 'Read an exemption: its state, gate, progress and plan.',
  status: 200,
  params: idParams,
  answer: exemptionAnswer,
  etag: true,
  refuses: [404],
});
export const listMachines = route({
  ...none,
  ...exemptions,
  method: 'GET',
  path: '/v1/exemptions/:id/virtual-machines',
  permission: 'exemptions:read',
  summary: 'Every machine, whether it is exempt, why or why not yet, and the evidence.',
  status: 200,
  params: idParams,
  query: listQuery,
  answer: listOf(machineAnswer),
  refuses: [404],
});
export const setRestartPlan = route({
  ...none,
  ...exemptions,
  method: 'PUT',
  path: '/v1/exemptions/:id/restart-plan',
  permission: 'restart-plans:set',
  summary: 'Say who restarts the machines, when, and how many at once.',
  status: 200,
  params: idParams,
  body: restartPlanBody,
  example: examples.restartPlan,
  answer: exemptionAnswer,
  probe: 'exemption',
  etag: true,
  refuses: [404, 409],
});
