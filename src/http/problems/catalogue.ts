import { reasonCodes, presentReason } from '../../domain/reason-codes.js';

/** What each code of a problem means, for its page. Reason codes bring their own words. */
const ownCodes: Readonly<Record<string, string>> = {
  'token-missing': 'The request carries no bearer token. Send one in the Authorization header.',
  'token-invalid':
    'The token does not hold: its form, signature, issuer, audience, times or identity is not what is expected, or its tenant is not registered here. Get a new one for this service; an operator of the platform registers tenants.',
  'token-expired': 'The token has expired. Get a new one.',
  'role-missing':
    'None of the caller’s roles may do this. Platform roles count in the platform’s tenant only, and write nothing on requester routes; an application in its own name has Ingest and Requester only.',
  'not-found': 'The thing is not there, or is out of your scope: nobody learns which of the two.',
  'invalid-body': 'Fields of the body are missing, malformed or unknown. Each is named in errors.',
  'invalid-query': 'A query parameter is malformed or unknown.',
  'invalid-path': 'An id in the path is malformed.',
  'invalid-header': 'A header is malformed.',
  'idempotency-key-invalid': 'An Idempotency-Key is 1 to 255 visible ASCII characters.',
  'idempotency-key-reused': 'The key was used with another body. Take a new key for a new request.',
  'idempotency-key-in-use': 'A request with this key is still running. Wait for its answer.',
  'cursor-invalid':
    'A cursor is good for the list, the filter and the caller that it was made for. Begin again without one.',
  'malformed-json': 'The body is no JSON in UTF-8.',
  'malformed-request':
    'The path or a header cannot be read or is too long, or there are more than 100 headers.',
  'unsupported-media-type': 'Bodies are application/json, and not compressed.',
  'body-too-complex': 'A body may have 32 levels, and 10,000 fields and elements.',
  'expectation-unknown': 'Expect may say 100-continue and nothing else.',
  'body-too-large': 'A body may have 256 kB.',
  'if-match-required': 'A decision names the version it decides on, in If-Match.',
  'stale-version': 'The resource was changed since you read it. Read it again.',
  'decider-filed-it': 'Nobody decides a request that they filed themselves.',
  'second-approval-needs-approver': 'The second approval is a lead’s (role Approver).',
  'second-reviewer-must-differ': 'The second approval comes from somebody else than the first.',
  'reinstater-must-differ': 'Reinstating is done by somebody else than who suspended.',
  'second-reinstater-must-differ':
    'Two people reinstate what policy suspended. The first did; the second is somebody else.',
  'reinstatement-not-as-expected':
    'Whether one or two people reinstate it changed. Read the exemption again.',
  'check-could-not-look':
    'Nobody may deny with the reason code of a check that could not look. Start a new round of checks.',
  claimed:
    'Somebody else works on this request. Wait until the claim lapses, or ask them to release it; an Approver can take it over.',
  'not-claimed-by-another': 'Only what somebody else has claimed can be taken over. Claim the request.',
  'revocation-cannot-skip': 'A revocation ends only when every machine is closed or gone.',
  'violation-not-confirmed': 'Only a confirmed violation of the same exemption may be named.',
  'only-the-filer-answers':
    'The one who filed a request answers the questions about it; its customer does once a partner may not act for it any more.',
  'exemption-ended': 'The exemption has ended: its machines are not looked at any more.',
  'plan-not-changeable': 'The restart plan can be changed while the exemption is enabling or effective.',
  'on-behalf-of-missing': 'A partner files on behalf of its customer: onBehalfOf is needed.',
  'on-behalf-of-unexpected': 'Only a partner files on behalf of somebody.',
  'not-the-subscriptions-tenant': 'onBehalfOf names another tenant than the subscription’s.',
  'consent-in-the-future': 'A consent is recorded once it was given: its date has passed.',
  'no-consent-needed': 'Consent is recorded for what a partner filed; a customer’s own request needs none.',
  'only-partners-have-a-portfolio': 'A portfolio shows a partner its customers; others read their own lists.',
  'control-proof-open':
    'A tag is looked for already. Read the proofs of the subscription for it, and put it there.',
  'decider-registered-facts':
    'Whoever registered the facts that a decision rests on, or changed one since the request was filed, leaves the decision to a colleague.',
  'unknowns-not-accepted':
    'A check that can fail a request did not look. Start a new round, or approve with each such check named in acceptedUnknowns; a second person then decides too.',
  'first-terms-passed':
    'The date that the first approval set has passed. A second approver says in replacesFirstTerms why their own terms take its place, or denies.',
  'no-first-approval': 'replacesFirstTerms is for a second approval, and there is no first one yet.',
  'unknown-check': 'acceptedUnknowns names checks of the request’s own round.',
  'unknown-pack': 'Versions of the policy are P0 to P10.',
  'expires-in-the-past': 'expiresOn lies in the future, or is left out.',
  'date-in-the-past': 'applyAgainOn lies in the future, or is left out.',
  'reason-not-usable':
    'The reason code does not exist, or is not made for this decision. The refusal lists those that are.',
  'reason-contradicted':
    'A decision never says what is known to be false: the findings or the registered facts say otherwise. The refusal says what is known, and which reasons hold.',
  'not-a-field': 'fields names fields as in the body of a submit, for example sending.domains.',
  'window-ends-before-it-starts': 'The window’s endsAt lies after its startsAt.',
  'window-over': 'A restart window ends in the future: no machine is stopped in one that is over.',
  'window-too-short': 'A restart window is at least as long as stopping and starting one machine takes.',
  'in-the-future': 'What is recorded has happened: its time does not lie in the future.',
  'not-a-sending-domain':
    'A sending domain is a name that somebody registered, and no public suffix such as co.uk.',
  'audit-not-sequenced':
    'The audit entry waits for its place in the tree, which it gets within seconds of its commit. Ask again.',
  'effect-not-dead': 'Only work that gave up can be tried again.',
  'gate-not-disputed': 'Only where the platform knows a larger fence is there one to adopt.',
  'fence-not-believed':
    'The gate’s fence is larger than any number of orders can have made it: its service is broken. Have it mended; the fence is not adopted.',
  'fence-must-grow': 'An order to a gate carries a larger fence than the one before. Read the gate again.',
  'fence-superseded': 'The gate was ordered on meanwhile. Nothing needs to be done.',
  'tenants-not-registered':
    'A relationship stands between a registered partner and a registered customer. Register both first.',
  'the-platforms-tenant': 'The platform’s own tenant is no customer and no partner.',
  'person-ambiguous': 'People of one object id have acted from several tenants. Name the tenant in tenantId.',
  'awaits-another-person':
    'A second approval or a reinstatement waits for somebody else than this person. Let it be decided first: after an erasure nobody could tell any more who is somebody else.',
  'stopped-by-us': 'The service stopped this machine and still has to start it. Wait until it runs again.',
  'not-stopped-by-us': 'The service starts only what it stopped. The machine’s owner starts it.',
  'not-for-this-party': 'This step is for another party to take.',
  'request-timeout': 'The request did not come whole in time. Send it again.',
  'not-begun': 'There is nothing yet that could take this step. Read what there is first.',
  'not-possible-now': 'The present state does not allow this step. Read the resource again.',
  'rate-limited':
    'The caller, or its tenant, used its points of this minute. Retry-After says when there are new ones; RateLimit on every answer says how many are left.',
  'too-many-filings':
    'The subscription, or the tenant that it belongs to, has filed as many requests as 24 hours allow; withdrawn and decided ones count. Retry-After and applyAgainOn say when the next one is possible.',
  'too-many-refused-sign-ins':
    'Too many calls from one address came without a token that holds. Tokens that held before go on working.',
  'too-many-streams': 'One caller may have some event streams open at once. Close one, or read the history.',
  'streams-exhausted':
    'This process has no room for another event stream. Come back later, or read the history.',
  'keys-unavailable':
    'The keys of the token’s tenant cannot be fetched right now, so nobody can say whether the token holds. Try again.',
  unavailable:
    'The store does not answer right now. Nothing was changed; try again with the same Idempotency-Key.',
  internal: 'A fault of the service’s own. It was recorded under the traceId.',
};

/** The meaning of a code; null for one that is unknown. `already-<state>` codes say that a thing is final. */
export function meaningOf(code: string): string | null {
  // Not merely `ownCodes[code]`: the code comes from a path, and may be "constructor".
  if (Object.hasOwn(ownCodes, code)) return ownCodes[code] ?? null;
  if (reasonCodes.some((known) => known === code)) {
    const reason = presentReason(code as (typeof reasonCodes)[number], 'customer');
    return `${reason.message} ${reason.nextStep}`;
  }
  const final =
    /^already-(approved|denied|withdrawn|lapsed|revoked|expired|restarted|gone|superseded|created-after|confirmed|dismissed)$/.exec(
      code,
    );
  return final === null ? null : `It is ${final[1] ?? 'final'} already, and nothing leaves a final state.`;
}
