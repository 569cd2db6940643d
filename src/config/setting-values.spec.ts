import { isBare, isSafe, isWebhookSecret } from './setting-values.js';

describe('a URL that calls may go to', () => {
  it.each([
    ['https://cloud.example', true, true],
    ['http://127.0.0.1:1', true, false],
    ['http://localhost:1', true, false],
    ['http://[::1]:1', true, false],
    ['http://127.0.0.1.example', false, false],
    ['http://localhost.example', false, false],
    ['http://127.0.0.1@cloud.example', false, false],
    ['ftp://127.0.0.1', false, false],
    ['cloud.example', false, false],
  ])('%s: %s in development, %s in production', (url, inDevelopment, inProduction) => {
    expect([isSafe(url, false), isSafe(url, true)]).toEqual([inDevelopment, inProduction]);
  });

  it.each([
    ['https://cloud.example', true, true],
    ['https://cloud.example/', true, true],
    ['https://cloud.example/v1', false, true],
    ['https://user@cloud.example', false, false],
    ['https://cloud.example/?', false, false],
    ['https://cloud.example/#', false, false],
  ])('%s: %s as an origin, %s as a base', (url, asOrigin, asBase) => {
    expect([isBare(url, 'origin'), isBare(url, 'base')]).toEqual([asOrigin, asBase]);
  });
});

describe('a secret of Standard Webhooks 1.0', () => {
  const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 200).toString('base64')}`;

  it.each([24, 32, 64])('of %i bytes is one, padded or not', (bytes) => {
    expect(isWebhookSecret(secretOf(bytes))).toBe(true);
    expect(isWebhookSecret(secretOf(bytes).replaceAll('=', ''))).toBe(true);
  });

  it.each([23, 65])('of %i bytes is none', (bytes) => {
    expect(isWebhookSecret(secretOf(bytes))).toBe(false);
  });

  it.each(['', 'whsec_', secretOf(32).slice('whsec_'.length), secretOf(32).slice(0, -3), `${secretOf(24)}!`])(
    '%j is none',
    (value) => {
      expect(isWebhookSecret(value)).toBe(false);
    },
  );
});
