import { isHeld, madeOnce } from './unchanging.js';

describe('a page that does not change', () => {
  it('is made once, with a tag of its bytes', () => {
    let made = 0;
    const page = madeOnce('text/plain', () => `page ${String((made += 1))}`);
    expect(page()).toBe(page());
    expect(made).toBe(1);
    expect(madeOnce('text/plain', () => 'page 1')().etag).toBe(page().etag);
    expect(madeOnce('text/plain', () => 'page 2')().etag).not.toBe(page().etag);
  });

  it.each([
    ['"a"', true],
    ['W/"a"', true],
    ['"b", W/"a"', true],
    ['*', true],
    [' * ', true],
    ['"b"', false],
    ['a', false],
    ['"a', false],
    ['', false],
    [undefined, false],
  ])('is held by If-None-Match %s: %s (RFC 9110, 13.1.2)', (header, isSo) => {
    expect(isHeld('"a"', header)).toBe(isSo);
  });
});
