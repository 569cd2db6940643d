import { instantOf, quotaResetsAfterSeconds, readCapped, retryAfterSeconds } from './http-values.js';

describe('Retry-After (RFC 9110 section 10.2.3)', () => {
  const said = (value: string) => retryAfterSeconds(new Headers({ 'retry-after': value }));

  it.each([
    ['17', 17],
    [' 0 ', 0],
    ['1.5', 1.5],
    ['Wed, 01 Jan 2020 00:00:00 GMT', 0],
    ['Wednesday, 01-Jan-20 00:00:00 GMT', 0],
  ])('%j is %d seconds', (value, seconds) => {
    expect(said(value)).toBe(seconds);
  });

  it.each(['', 'soon', '-5', 'in 5', '5 s', 'Monday', '2020-01-01T00:00:00Z'])('%j says nothing', (value) => {
    expect(said(value)).toBeNull();
  });

  it.each(['86400', '9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT'])(
    'is an hour at most, and always a moment that there is: %s',
    (value) => {
      expect(said(value)).toBe(3_600);
    },
  );

  it('may be left out', () => {
    expect(retryAfterSeconds(new Headers())).toBeNull();
  });
});

describe('a timestamp of others (RFC 3339)', () => {
  it.each([
    ['2026-01-10T12:00:00Z', '2026-01-10T12:00:00.000Z'],
    ['2026-01-10t12:00:00.1234567+00:00', '2026-01-10T12:00:00.123Z'],
    ['2026-01-10T14:00:00+02:00', '2026-01-10T12:00:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(instantOf(text)).toBe(instant);
  });

  it.each([
    null,
    undefined,
    '',
    'soon',
    // Words with a number in them, which a lenient reader takes for a day in 2001.
    'soon 1',
    '7',
    '2026-01-10',
    // Without an offset it would mean another moment on every machine.
    '2026-01-10T12:00:00',
    '2026-13-10T12:00:00Z',
    // Five digits of a year would sort before every other instant.
    '+010000-01-01T00:00:00Z',
  ])('%j is no evidence (I6)', (text) => {
    expect(instantOf(text)).toBeNull();
  });
});

describe('an answer that is read up to a cap', () => {
  it('counts bytes, not characters', async () => {
    expect(await readCapped(new Response('äöü'), 6)).toBe('äöü');
    expect(await readCapped(new Response('äöü'), 5)).toBeNull();
  });

  it('may have no body', async () => {
    expect(await readCapped(new Response(null), 0)).toBe('');
  });

  it('is let go where it is too long: the rest is not read', async () => {
    let hasEnded = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1_024)),
      cancel: () => void (hasEnded = true),
    });
    expect(await readCapped(new Response(endless), 4_096)).toBeNull();
    expect(hasEnded).toBe(true);
  });
});

describe('when the quota of Resource Graph begins anew', () => {
  it.each([
    ['00:00:05', 5],
    ['00:01:03.2500000', 63],
    ['99:00:00', 3_600],
    ['5', null],
    ['00:61:00', null],
    ['', null],
  ])('%j is %p seconds', (value, seconds) => {
    expect(quotaResetsAfterSeconds(new Headers({ 'x-ms-user-quota-resets-after': value }))).toBe(seconds);
  });
});
