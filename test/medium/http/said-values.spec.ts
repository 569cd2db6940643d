import { randomUUID } from 'node:crypto';
import { startTestApi, type TestApi } from '../../support/api.js';
import type { HttpAnswer, HttpClient } from '../../support/http-client.js';
import { aRequest, registerSubscription } from '../../support/registry.js';

let api: TestApi;
let customer: HttpClient;
let operator: HttpClient;
let subscriptionId: string;

beforeAll(async () => {
  api = await startTestApi();
  customer = await api.as('customer');
  operator = await api.as('operator');
  subscriptionId = await registerSubscription(operator);
});
afterAll(() => api.close());

const sending = { kinds: ['transactional'], domains: ['mail.example.com'], dailyVolume: 4000 };
const contact = { name: 'Postmaster', email: 'ops@example.com' };
const file = (differs: Readonly<Record<string, unknown>>) =>
  customer.post('/v1/exemption-requests', aRequest(subscriptionId, differs));
const send = (differs: Readonly<Record<string, unknown>>) => file({ sending: { ...sending, ...differs } });
const from = (differs: Readonly<Record<string, unknown>>) => file({ contact: { ...contact, ...differs } });
const ahead = (ms: number) => new Date(Date.now() + ms).toISOString();
const minute = 60_000;

/** The field that is named, its code, and the sentence; every problem about a field names it. */
function fieldOf({ status, body }: HttpAnswer) {
  expect(status).toBe(400);
  const [error] = body.errors as { pointer: string; code: string; message: string }[];
  return error;
}

describe('a request says what can be looked at and answered', () => {
  it.each([
    ['a public suffix', 'co.uk', /public suffix/],
    ['labels of hyphens', 'a.--', /Give a domain name/],
    ['a hyphen at the end', 'example.co-', /Give a domain name/],
    ['Unicode', 'münchen.example', /"xn--mnchen-3ya.example"/],
    ['an address', '192.0.2.1', /Give a domain name/],
  ])('%s is no sending domain', async (_what, domain, words) => {
    const field = fieldOf(await send({ domains: ['mail.example.com', domain] }));
    expect(field).toMatchObject({ pointer: '/sending/domains/1', message: expect.stringMatching(words) });
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '192.168.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '::1',
    'fd00::1',
    'fe80::1',
  ])('%s is no public address', async (address) => {
    const field = fieldOf(await send({ publicAddresses: [address] }));
    expect(field).toMatchObject({ pointer: '/sending/publicAddresses/0', message: /no public address/ });
  });

  it.each([
    ['domains', ['mail.example.com', 'MAIL.example.com.']],
    ['publicAddresses', ['2001:db8::7', '2001:0DB8:0::0007']],
    ['dkimSelectors', ['s1', 'S1']],
    ['kinds', ['marketing', 'marketing']],
  ])('what stands twice in %s once it is normalised is named', async (name, values) => {
    const field = fieldOf(await send({ [name]: values }));
    expect(field).toEqual({
      pointer: `/sending/${name}/1`,
      code: 'duplicate',
      message: 'This is the same as entry 1. Name each once.',
    });
  });

  it.each([
    ['180 kB of a language', 'a'.repeat(180_000), /at most 35 characters/],
    ['what is no tag of BCP 47', 'english please', /BCP 47/],
  ])('%s is no language of a contact', async (_what, language, words) => {
    const field = fieldOf(await from({ language }));
    expect(field).toMatchObject({ pointer: '/contact/language', message: expect.stringMatching(words) });
  });

  it.each([
    ['a line break', 'Ops\nBcc: all@example.com'],
    ['a bidirectional override', 'Ops \u202etxt.exe'],
    ['an isolate', 'Ops \u2066x\u2069'],
    ['a control character', 'Ops \u0007'],
    ['a line separator', 'Ops\u2028x'],
  ])('a name of one line holds no %s', async (_what, name) => {
    expect(fieldOf(await from({ name }))).toMatchObject({ pointer: '/contact/name', message: /one line/ });
    const renamed = await operator.put(`/v1/admin/tenants/${randomUUID()}`, { kind: 'customer', name });
    expect(fieldOf(renamed)).toMatchObject({ pointer: '/name' });
  });

  it.each([
    ['a local part of 65 characters', `${'a'.repeat(65)}@example.com`, /Give a mail address/],
    ['a Unicode domain', 'ops@münchen.example', /"xn--mnchen-3ya.example"/],
    ['a Unicode local part', 'óps@example.com', /in ASCII/],
  ])('%s is no contact', async (_what, email, words) => {
    const field = fieldOf(await from({ email }));
    expect(field).toMatchObject({ pointer: '/contact/email', message: expect.stringMatching(words) });
  });

  it('a justification of one repeated character is missing, one that is too long is not', async () => {
    expect(fieldOf(await file({ justification: 'x'.repeat(400) }))?.code).toBe('justification-missing');
    const long = fieldOf(await file({ justification: 'We deliver directly. '.repeat(400) }));
    expect(long).toEqual({
      pointer: '/justification',
      code: 'too-big',
      message: 'Give at most 4,000 characters.',
    });
  });

  it('takes every dot-string, punycode, a last dot and any letter case, and keeps one spelling', async () => {
    const id = await registerSubscription(operator);
    const filed = await customer.post(
      '/v1/exemption-requests',
      aRequest(id, {
        sending: {
          ...sending,
          domains: ['XN--mnchen-3ya.DE.'],
          publicAddresses: ['2001:0DB8::7', '203.0.113.7'],
        },
        contact: { ...contact, email: "r&d'#@example.xn--p1ai", language: 'TR-tr' },
      }),
    );
    expect(filed.status).toBe(201);
    const reviewer = await api.as('reviewer');
    const page = await reviewer.get(`/v1/admin/exemption-requests/${String(filed.body.id)}`);
    expect(page.body.particulars).toMatchObject({
      sending: { domains: ['xn--mnchen-3ya.de'], publicAddresses: ['2001:db8::7', '203.0.113.7'] },
      contact: { language: 'tr-TR' },
    });
  });
});

describe('a restart window is one in which a machine can be stopped and started', () => {
  it.each([
    ['over', { startsAt: '2020-01-01T00:00:00Z', endsAt: '2020-01-02T00:00:00Z' }, 'window-over'],
    [
      'shorter than one machine takes',
      { startsAt: ahead(60 * minute), endsAt: ahead(61 * minute) },
      'window-too-short',
    ],
    ['over in a minute', { startsAt: '2020-01-01T00:00:00Z', endsAt: ahead(minute) }, 'window-too-short'],
  ])('%s: 400', async (_what, window, code) => {
    expect(fieldOf(await file({ restart: { mode: 'managed', window } }))).toMatchObject({
      pointer: '/restart/window',
      code,
    });
  });

  it('in a batch the entry is named', async () => {
    const window = { startsAt: '2020-01-01T00:00:00Z', endsAt: '2020-01-02T00:00:00Z' };
    const late = aRequest(subscriptionId, { restart: { window } });
    const answer = await customer.post('/v1/exemption-requests/batch', { requests: [late] });
    expect(answer.body.items[0].problem.errors[0].pointer).toBe('/requests/0/restart/window');
  });
});

describe('what is registered has happened, and is known', () => {
  it.each([
    ['/createdAt', { createdAt: ahead(60 * minute) }],
    [
      '/billing/firstInvoicePaidAt',
      { billing: { paidInvoicesUsd: 1, firstInvoicePaidAt: ahead(60 * minute), pastDue: false } },
    ],
  ])('%s of a subscription does not lie in the future', async (pointer, differs) => {
    const facts = {
      tenantId: '00000000-0000-4000-8000-000000000003',
      displayName: 'production',
      offer: { quotaId: 'PayAsYouGo_2014-09-01' },
      createdAt: '2024-01-01T00:00:00Z',
      state: 'Enabled',
      billing: { paidInvoicesUsd: 1, pastDue: false },
    };
    const path = `/v1/admin/subscriptions/${randomUUID()}`;
    expect(fieldOf(await operator.put(path, { ...facts, ...differs }))).toMatchObject({
      pointer,
      code: 'in-the-future',
    });
    // Clocks differ by some minutes.
    expect((await operator.put(path, { ...facts, createdAt: ahead(minute) })).status).toBe(201);
  });

  it('a relationship has a status of the list, and a question fields of the form', async () => {
    const path =
      '/v1/admin/partner-relationships/00000000-0000-4000-8000-000000000002/00000000-0000-4000-8000-000000000003';
    const friends = await operator.put(path, { status: 'friends', validFrom: '2024-01-01T00:00:00Z' });
    expect(fieldOf(friends)).toMatchObject({ pointer: '/status', message: /Give one of: active, / });
    const { body } = await customer.post(
      '/v1/exemption-requests',
      aRequest(await registerSubscription(operator)),
    );
    const reviewer = await api.as('reviewer');
    const asked = await reviewer.post(`/v1/admin/exemption-requests/${String(body.id)}/request-information`, {
      question: 'Which?',
      fields: ['sending.heloName', 'sending.favouriteColour'],
    });
    expect(fieldOf(asked)).toMatchObject({
      pointer: '/fields/1',
      code: 'not-a-field',
      message: /sending\.heloName/,
    });
  });
});
