import { createHmac } from 'node:crypto';
import { signedWith, unsigned } from './gate-headers.js';

const key = Buffer.alloc(32, 200);
const sign = signedWith(`whsec_${key.toString('base64')}`);
const body = '{"gate":"open","fence":1}';
const subscriptionId = '0c000000-0000-4000-8000-000000000001';
const order = { method: 'PUT', subscriptionId, body } as const;

describe('the headers of a signed call', () => {
  it('hold the HMAC-SHA256 over id, time and body, reckoned here without the library (Standard Webhooks 1.0)', () => {
    const headers = sign(order);
    const signed = `${headers['webhook-id'] ?? ''}.${headers['webhook-timestamp'] ?? ''}.${body}`;
    const signature = createHmac('sha256', key).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  });

  it('tell the time in whole seconds, so that an old call is recognised', () => {
    const before = Math.floor(Date.now() / 1_000);
    const at = sign(order)['webhook-timestamp'];
    expect(at).toMatch(/^\d+$/);
    expect(Number(at)).toBeGreaterThanOrEqual(before);
    expect(Number(at)).toBeLessThanOrEqual(Date.now() / 1_000);
  });

  it('name what is signed besides: the method and the subscription', () => {
    expect(sign(order)['webhook-id']).toMatch(new RegExp(`^gate_put_${subscriptionId}_[0-9a-f-]{36}$`));
    expect(sign({ ...order, method: 'GET', body: '' })['webhook-id']).toMatch(/^gate_get_/);
  });

  it('never name two calls alike', () => {
    expect(sign(order)['webhook-id']).not.toBe(sign(order)['webhook-id']);
  });
});

it('the emulator’s switchboard gets none', () => {
  expect(unsigned(order)).toEqual({});
});
