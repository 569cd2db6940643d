import { z } from 'zod';
import { route } from '../route.js';
import * as examples from './admin.examples.js';
import {
  effectAnswer,
  gateParams,
  judgeBody,
  listEffectsQuery,
  listExemptionsQuery,
  listViolationsQuery,
  packAnswer,
  packParams,
  packsAnswer,
  recordViolationBody,
  restartParams,
  settingsAnswer,
  violationAnswer,
} from '../schemas/admin.schema.js';
import { idParams, listOf, noBody, noQuery } from '../schemas/common.js';
import {
  adminExemptionAnswer,
  exemptionReviewAnswer,
  machineAnswer,
  reinstateBody,
  revokeBody,
  steerBody,
  suspendBody,
} from '../schemas/exemption.schema.js';

const none = { params: z.strictObject({}), query: noQuery, body: noBody } as const;
const get = { ...none, method: 'GET', status: 200 } as const;
const post = { ...none, method: 'POST', status: 200, idempotent: true } as const;
const exemptions = { tag: 'Admin: exemptions' } as const;
const violations = { tag: 'Admin: violations' } as const;
const operations = { tag: 'Admin: operations' } as const;
const decision = { ...post, params: idParams, etag: true, ifMatch: true } as const;

export const listExemptions = route({
  ...get,
  ...exemptions,
  path: '/v1/admin/exemptions',
  permission: 'queue:read',
  summary: 'List exemptions, newest first.',
  query: listExemptionsQuery,
  answer: listOf(adminExemptionAnswer),
  refuses: [],
});
export const reviewExemption = route({
  ...get,
  ...exemptions,
  path: '/v1/admin/exemptions/:id',
  permission: 'queue:read',
  summary: 'Read an exemption with its whole history.',
  params: idParams,
  answer: exemptionReviewAnswer,
  etag: true,
  refuses: [404],
  records: 'read',
});
export const suspendExemption = route({
  ...decision,
  ...exemptions,
  path: '/v1/admin/exemptions/:id/suspend',
  permission: 'exemptions:suspend',
  summary: 'Suspend an exemption: the gate closes, and running machines are left alone or cycled.',
  status: 202,
  body: suspendBody,
  example: examples.suspend,
  answer: adminExemptionAnswer,
  probe: 'exemption',
  refuses: [404, 409, 412, 422, 428],
});
export const reinstateExemption = route({
  ...decision,
  ...exemptions,
  path: '/v1/admin/exemptions/:id/reinstate',
  permission: 'exemptions:reinstate',
  summary:
    'Reinstate a suspended exemption; not by who suspended it, and by two people where policy suspended it.',
  status: 202,
  body: reinstateBody,
  example: examples.reinstate,
  answer: adminExemptionAnswer,
  probe: 'exemption',
  refuses: [403, 404, 409, 412, 422, 428],
});
export const revokeExemption = route({
  ...decision,
  ...exemptions,
  path: '/v1/admin/exemptions/:id/revoke',
  permission: 'exemptions:revoke',
  summary: 'Revoke an exemption: the gate closes first, then every machine is proven closed.',
  status: 202,
  body: revokeBody,
  example: examples.revoke,
  answer: adminExemptionAnswer,
  probe: 'exemption',
  refuses: [404, 409, 412, 422, 428],
});
export const retryRestart = route({
  ...post,
  ...exemptions,
  path: '/v1/admin/exemptions/:id/restarts/:vmId/retry',
  permission: 'restarts:steer',
  summary: 'Try a failed, blocked or skipped machine again.',
  params: restartParams,
  body: steerBody,
  example: examples.steer,
  answer: machineAnswer,
  probe: 'machine',
  refuses: [404, 409],
});
export const skipRestart = route({
  ...post,
  ...exemptions,
  path: '/v1/admin/exemptions/:id/restarts/:vmId/skip',
  permission: 'restarts:steer',
  summary: 'Tell the product not to touch a machine. Not possible in a revocation.',
  params: restartParams,
  body: steerBody,
  example: examples.steer,
  answer: machineAnswer,
  probe: 'machine',
  refuses: [404, 409],
});

export const recordViolation = route({
  ...post,
  ...violations,
  path: '/v1/admin/violations',
  permission: 'violations:record',
  summary: 'Record an alleged breach of the terms, with its evidence.',
  status: 201,
  body: recordViolationBody,
  example: examples.violation,
  answer: violationAnswer,
  etag: true,
  refuses: [404],
});
export const listViolations = route({
  ...get,
  ...violations,
  path: '/v1/admin/violations',
  permission: 'violations:read',
  summary: 'List violations, newest first.',
  query: listViolationsQuery,
  answer: listOf(violationAnswer),
  refuses: [],
  records: 'read',
});
const judged = {
  ...post,
  ...violations,
  permission: 'violations:judge',
  params: idParams,
  body: judgeBody,
  example: examples.judge,
  answer: violationAnswer,
  probe: 'violation',
  etag: true,
  refuses: [404, 409],
} as const;
export const confirmViolation = route({
  ...judged,
  path: '/v1/admin/violations/:id/confirm',
  summary: 'Confirm a violation: it may be named in a suspension or revocation then.',
});
export const dismissViolation = route({
  ...judged,
  path: '/v1/admin/violations/:id/dismiss',
  summary: 'Dismiss a violation.',
});

export const listPacks = route({
  ...get,
  tag: 'Policy',
  path: '/v1/admin/policy-packs',
  permission: 'packs:read',
  summary: 'All versions of the policy, as data.',
  answer: packsAnswer,
  refuses: [],
});
export const findPack = route({
  ...get,
  tag: 'Policy',
  path: '/v1/admin/policy-packs/:pack',
  permission: 'packs:read',
  summary: 'One version of the policy.',
  params: packParams,
  answer: packAnswer,
  refuses: [404],
});
export const describeSettings = route({
  ...get,
  ...operations,
  path: '/v1/admin/settings',
  permission: 'settings:read',
  summary: 'The limits and times in force.',
  answer: settingsAnswer,
  refuses: [],
});
export const listEffects = route({
  ...get,
  ...operations,
  path: '/v1/admin/effects',
  permission: 'effects:read',
  summary: 'Queued work, newest first; state=dead is what gave up.',
  query: listEffectsQuery,
  answer: listOf(effectAnswer),
  refuses: [],
});
export const requeueEffect = route({
  ...post,
  ...operations,
  path: '/v1/admin/effects/:id/requeue',
  permission: 'effects:requeue',
  summary: 'Try again what gave up.',
  params: idParams,
  probe: 'effect',
  answer: effectAnswer,
  refuses: [404, 409],
});
export const adoptGateFence = route({
  ...post,
  ...operations,
  path: '/v1/admin/gates/:subscriptionId/adopt-fence',
  permission: 'gates:adopt',
  summary: 'Adopt the platform’s larger fence after a restore; the order goes out again above it.',
  params: gateParams,
  probe: 'gate',
  answer: adminExemptionAnswer,
  etag: true,
  refuses: [404, 409],
});
