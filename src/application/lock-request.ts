import { actorRef, isSamePerson } from '../domain/access/actor.js';
import { type Scope, scopeOf } from '../domain/access/scope.js';
import type { Instant } from '../domain/instants.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import { alreadyFinal, conflict, notFound, stale } from '../domain/refusals.js';
import { type ExemptionRequest, liveRequestStates } from '../domain/request/request.js';
import type { Call } from './call.js';

/**
 * The request, in the caller's scope and held until the commit, ready for what changes it. Refuses in the order of
 * the contract: 404, then the replay of an answer, then 409 where it is final.
 */
export async function lockLiveRequest(
  tx: Transaction,
  call: Call,
  requestId: string,
  now: Instant,
): Promise<ExemptionRequest> {
  const scope = scopeOf(call.actor);
  const request = await tx.requests.lock(scope, requestId.toLowerCase(), now);
  if (request === null) return refuseWhatWasLeft(tx, scope, requestId, now);
  await tx.replayIfAnswered();
  if (!liveRequestStates.includes(request.state)) throw requestIsFinal(request);
  return request;
}

/** Whose subscription changed hands reads what was filed for it, and changes nothing of it any more. */
async function refuseWhatWasLeft(
  tx: Transaction,
  scope: Scope,
  requestId: string,
  now: Instant,
): Promise<never> {
  const left = await tx.requests.find(scope, requestId.toLowerCase(), now);
  if (left === null) throw notFound();
  await tx.replayIfAnswered();
  if (!liveRequestStates.includes(left.state)) throw requestIsFinal(left);
  throw conflict(
    'subscription-moved',
    'The subscription changed hands since this request was filed; nobody who filed it acts on it any more.',
    'Nothing: whoever owns or sells the subscription now may file their own request.',
  );
}

/**
 * The same for a decision that may grant: the subscription is held first, so that its facts do not change between
 * the judgement and the commit. Every verb that holds both takes them in this order, so that none waits in a circle.
 */
export async function lockSubscriptionAndRequest(
  tx: Transaction,
  call: Call,
  requestId: string,
  now: Instant,
): Promise<ExemptionRequest> {
  const found = await tx.requests.find(scopeOf(call.actor), requestId.toLowerCase(), now);
  if (found === null) throw notFound();
  await tx.subscriptions.lock({ kind: 'platform' }, found.subscriptionId, now);
  return lockLiveRequest(tx, call, requestId, now);
}

function requestIsFinal(request: ExemptionRequest) {
  return alreadyFinal(
    `already-${request.state}`,
    `The request is ${request.state} already; nothing changes it any more.`,
    'Read the request again; a new question is a new request.',
  );
}

/** Where a version was named although none is required, it has to be the present one. */
export function versionMatchesIfNamed(call: Call, version: number): void {
  if (call.ifMatch !== null && call.ifMatch !== version) throw stale();
}

/** A claim is not needed to decide, but somebody else's stands in the way (409 `claimed`). */
export async function mustNotBeClaimedByAnother(
  tx: Transaction,
  call: Call,
  request: ExemptionRequest,
  now: Instant,
): Promise<void> {
  const claim = await tx.claims.find(request.id, now);
  if (claim === null || isSamePerson(claim.by, actorRef(call.actor))) return;
  throw conflict(
    'claimed',
    `Somebody else works on this request until ${claim.until}.`,
    'Ask them to release it, or wait until the claim lapses; an Approver can take it over.',
  );
}
