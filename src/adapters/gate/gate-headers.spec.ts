import { createHmac } from 'node:crypto';
import { signedWith, unsigned } from './gate-headers.js';

const key = Buffer.alloc(32, 200);
const sign = signedWith(`whsec_${key.toString('base64')}`);
const body = '{"gate":"open","fence":1}';

describe('the headers of a signed call', () => {
  it('hold the HMAC-SHA256 over id, time and body, reckoned here without the library (Standard Webhooks 1.0)', () => {
    const headers = sign(body);
    const signed = `${headers['webhook-id'] ?? ''}.${headers['webhook-timestamp'] ?? ''}.${body}`;
    const signature = createHmac('sha256', key).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  });

  it('tell the time in whole seconds, so that an old call is recognised', () => {
    const before = Math.floor(Date.now() / 1_000);
    const at = sign(body)['webhook-timestamp'];
    expect(at).toMatch(/^\d+$/);
    expect(Number(at)).toBeGreaterThanOrEqual(before);
    expect(Number(at)).toBeLessThanOrEqual(Date.now() / 1_000);
  });

  it('never name two calls alike', () => {
    expect(sign(body)['webhook-id']).not.toBe(sign(body)['webhook-id']);
  });
});

it('the emulator’s switchboard gets none', () => {
  expect(unsigned(body)).toEqual({});
});
