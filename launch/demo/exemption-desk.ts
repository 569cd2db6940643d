import { randomUUID } from 'node:crypto';
import { until, type Answer, type HttpCall, type Json } from './desk.js';
import type { Narrator } from './narrator.js';

export type Persona = 'customer' | 'partner' | 'reviewer' | 'approver' | 'analyst' | 'operator' | 'ingest';

/** Postern as its people use it: over HTTP, each with a token of their own. */
export interface ExemptionDesk {
  ask(as: Persona, method: string, path: string, body?: unknown, ifMatch?: string): Promise<Answer>;
  register(facts: Readonly<Record<string, unknown>> & { readonly subscriptionId: string }): Promise<void>;
  request(as: Persona, id: string): Promise<Json>;
  /** Approves as the reviewer, on the version that the page showed. */
  approve(requestId: string, reason: string): Promise<Answer>;
  /** Denies as the reviewer, in the same way. */
  deny(requestId: string, order: Readonly<Record<string, string>>): Promise<Answer>;
  exemption(as: Persona, id: string): Promise<Json>;
  machines(as: Persona, exemptionId: string): Promise<readonly Json[]>;
}

export function exemptionDesk(
  call: HttpCall,
  tokens: Readonly<Record<Persona, string>>,
  story: Narrator | null,
): ExemptionDesk {
  const ask: ExemptionDesk['ask'] = (as, method, path, body, ifMatch) =>
    call(method, path, {
      token: tokens[as],
      ...(body === undefined ? {} : { body }),
      headers: {
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
      },
    });
  const ok = async (answer: Promise<Answer>): Promise<Json> => {
    const { status, body } = await answer;
    if (status >= 400) throw new Error(`Postern answered ${String(status)}: ${body.text.slice(0, 600)}`);
    return body;
  };
  const request = (as: Persona, id: string) => ok(ask(as, 'GET', `/v1/exemption-requests/${id}`));
  return {
    ask,
    request,
    register: async ({ subscriptionId, ...facts }) => {
      await ok(ask('ingest', 'PUT', `/v1/admin/subscriptions/${subscriptionId}`, facts));
    },
    approve: (id, reason) => decide({ ask, request }, story, id, { verb: 'approve', order: { reason } }),
    deny: (id, order) => decide({ ask, request }, story, id, { verb: 'deny', order }),
    exemption: (as, id) => ok(ask(as, 'GET', `/v1/exemptions/${id}`)),
    machines: async (as, id) =>
      (await ok(ask(as, 'GET', `/v1/exemptions/${id}/virtual-machines`))).at('items').items,
  };
}

/** Waits for the checks, reads the engineer's page, and decides on the version that it showed. */
async function decide(
  { ask, request }: Pick<ExemptionDesk, 'ask' | 'request'>,
  story: Narrator | null,
  id: string,
  { verb, order }: { readonly verb: 'approve' | 'deny'; readonly order: Readonly<Record<string, string>> },
): Promise<Answer> {
  const reviewing = await until(
    'the checks to end',
    () => request('reviewer', id),
    (body) => body.at('state').text === 'reviewing',
  );
  story?.must(
    reviewing.at('checks', 'total').text === reviewing.at('checks', 'finished').text,
    `all ${reviewing.at('checks', 'total').text} fraud checks ended as queued jobs before anybody decided`,
  );
  const page = await ask('reviewer', 'GET', `/v1/admin/exemption-requests/${id}`);
  story?.says('Postern', `verdict of the checks: ${page.body.at('verdict').text}`);
  const etag = page.headers.get('etag') ?? '';
  return ask('reviewer', 'POST', `/v1/admin/exemption-requests/${id}/${verb}`, order, etag);
}

/** A complete and honest request body; `differs` replaces what the story is about. */
export function requestBody(
  subscriptionId: string,
  differs: Readonly<Record<string, unknown>> = {},
): unknown {
  return {
    subscriptionId,
    classification: 'technical/virtual-network/connectivity/cannot-send-email',
    justification:
      'We run the mail exchangers of our own domain, and receivers accept us by the reputation of our own address; a relay would replace it by its own.',
    relayCannotBeUsed: true,
    sending: {
      kinds: ['transactional'],
      domains: ['mail.example.com'],
      dailyVolume: 4000,
      heloName: 'mx1.example.com',
      publicAddresses: ['203.0.113.7'],
      dkimSelectors: ['s1'],
      abuseContact: 'abuse@example.com',
    },
    contact: { name: 'Postmaster', email: 'postmaster@example.com', language: 'en' },
    acknowledgedLiability: true,
    ...differs,
  };
}
