import type { FaultSubject } from './faults.js';

/** What a route answers: status, headers, and a body or none. */
export interface ArmAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One ARM call, as the routes see it. */
export interface ArmCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** The origin that the client spoke to: links in answers stay on it. */
  readonly origin: string;
  readonly correlationId: string;
  /** The principal of its token. */
  readonly caller: string;
}

/** The parts of an operation URL's query that nobody may read in a log or match a fault against. */
const signatureParts = ['t', 'c', 's', 'h'];

/** A call as faults see it; `vmName` is the machine that it is about. */
export function faultSubject({ method, path, query }: ArmCall, vmName: string | null): FaultSubject {
  const readable = [...query].filter(([name]) => !signatureParts.includes(name));
  const text = readable.map(([name, value]) => `${name}=${value}`).join('&');
  const target = text === '' ? path : `${path}?${text}`;
  return { method, target, vmName, isGate: path.toLowerCase().startsWith('/_control/') };
}
