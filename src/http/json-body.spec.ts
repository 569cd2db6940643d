import fc from 'fast-check';
import { parseJson } from './json-body.js';
import { InvalidInput } from './problems/invalid-input.js';

const bytes = (text: string) => Buffer.from(text);
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

function refusalOf(text: string | Buffer): readonly string[] {
  try {
    parseJson(typeof text === 'string' ? bytes(text) : text);
    return [];
  } catch (error) {
    if (error instanceof InvalidInput)
      return [error.code, ...error.fields.map(({ pointer, code }) => `${pointer} ${code}`)];
    return [(error as Error).name];
  }
}

describe('a body', () => {
  it('is what JSON.parse makes of it, whatever it holds', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8, stringUnit: 'binary' }), (text) => {
        fc.pre(!/__proto__|constructor|prototype/.test(text));
        const given: unknown = JSON.parse(JSON.stringify(JSON.parse(text)));
        expect(parseJson(bytes(JSON.stringify(given)))).toEqual(given);
      }),
    );
  });

  it('may begin with a byte order mark', () => {
    expect(parseJson(bytes('\ufeff{"a":1}'))).toEqual({ a: 1 });
  });

  it.each<[what: string, text: string | Buffer, refusal: readonly string[]]>([
    ['no JSON', '{"a":', ['MalformedJson']],
    ['two values', '{}{}', ['MalformedJson']],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), ['MalformedJson']],
    ['half a surrogate pair in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), ['MalformedJson']],
    ['33 levels', nested(33), ['body-too-complex', ' body-too-complex']],
    ['100,000 levels', nested(100_000), ['body-too-complex', ' body-too-complex']],
    ['10,000 elements and one', `[${'0,'.repeat(10_000)}0]`, ['body-too-complex', ' body-too-complex']],
    ['a key twice', '{"a":1,"b":{},"a":2}', ['invalid-body', '/a duplicate-key']],
    ['a key twice, spelt in two ways', '{"a":1,"\\u0061":2}', ['invalid-body', '/a duplicate-key']],
    [
      'a key twice inside',
      '{"x/y":[{},{"k":"\\"}{,","k":null}]}',
      ['invalid-body', '/x~1y/1/k duplicate-key'],
    ],
    ['a prototype', '{"__proto__":{"a":1}}', ['invalid-body', '/__proto__ unknown-field']],
    ['a prototype in disguise', '{"\\u005f_proto__":{}}', ['invalid-body', '/__proto__ unknown-field']],
    ['a constructor', '{"constructor":{"prototype":{}}}', ['invalid-body', '/constructor unknown-field']],
  ])('with %s is refused', (_what, text, refusal) => {
    expect(refusalOf(text)).toEqual(refusal);
  });

  it.each<[what: string, text: string]>([
    ['32 levels', nested(32)],
    ['the same key in two objects', '[{"a":1},{"a":2},{"b":{"a":3},"a":4}]'],
    ['the same text as value and key', '{"a":"a","b":["a","a"]}'],
    ['signs within strings', '{"a":"[[{{,,\\\\\\"","b":"\\\\","c":"}"}'],
    ['nothing but a word', '"word"'],
  ])('with %s is taken', (_what, text) => {
    expect(refusalOf(text)).toEqual([]);
  });
});
