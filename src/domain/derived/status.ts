import type { ExemptionState } from '../exemption/exemption.js';
import type { RequestState } from '../request/request.js';

/** One word for where a request and what came of it stand (openapi.json, `status`). Derived, never stored. */
export type RequestStatus =
  | 'checking'
  | 'in-review'
  | 'needs-information'
  | 'denied'
  | 'withdrawn'
  | 'lapsed'
  | 'awaiting-restart'
  | 'effective'
  | 'suspended'
  | 'revoking'
  | 'revoked'
  | 'expired'
  | 'moved';

const statusOfRequest: Readonly<Record<Exclude<RequestState, 'approved'>, RequestStatus>> = {
  checking: 'checking',
  reviewing: 'in-review',
  'second-reviewing': 'in-review',
  'awaiting-information': 'needs-information',
  denied: 'denied',
  withdrawn: 'withdrawn',
  lapsed: 'lapsed',
};

const statusOfExemption: Readonly<Record<ExemptionState, RequestStatus>> = {
  enabling: 'awaiting-restart',
  effective: 'effective',
  suspended: 'suspended',
  revoking: 'revoking',
  expiring: 'revoking',
  revoked: 'revoked',
  expired: 'expired',
};

/**
 * Both rows of an approval are one commit: an exemption that is out of its reader's sight went there when the subscription
 * changed hands.
 */
export function statusOf(request: RequestState, exemption: ExemptionState | null): RequestStatus {
  if (request !== 'approved') return statusOfRequest[request];
  return exemption === null ? 'moved' : statusOfExemption[exemption];
}

/** The states behind a status, for a filter. `exemptionStates`: null where the request alone decides, empty where none is seen. */
export interface StatesOfStatus {
  readonly states: readonly RequestState[];
  readonly exemptionStates: readonly ExemptionState[] | null;
}

/** Turns a status back into the states that it is derived from. */
export function statesOfStatus(status: RequestStatus): StatesOfStatus {
  if (status === 'moved') return { states: ['approved'], exemptionStates: [] };
  const exemptionStates = keysOf(statusOfExemption, status);
  if (exemptionStates.length > 0) return { states: ['approved'], exemptionStates };
  return { states: keysOf(statusOfRequest, status), exemptionStates: null };
}

/** Every status, in the order of a request's life. */
export const requestStatuses: readonly RequestStatus[] = [
  ...new Set([...Object.values(statusOfRequest), ...Object.values(statusOfExemption), 'moved' as const]),
];

function keysOf<K extends string>(table: Readonly<Record<K, RequestStatus>>, status: RequestStatus): K[] {
  // The keys of a record that was written down key by key are its type's keys.
  return (Object.keys(table) as K[]).filter((key) => table[key] === status);
}
