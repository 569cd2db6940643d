import { isUtf8 } from 'node:buffer';
import { InvalidInput } from './problems/invalid-input.js';

/** Deeper than any body here by far; what walks a body may recurse (schemas, canonical JSON). */
const mostLevels = 32;
/** Some hundred requests filed at once; 256 kB could hold a hundred thousand, each of them a complaint. */
const mostValues = 10_000;
/** Names by which an object's prototype could be reached once it is merged somewhere. */
const forbiddenKeys: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** Thrown for what is no JSON: the edge answers 400 `malformed-json`. */
export class MalformedJson extends Error {
  readonly statusCode = 400;

  constructor() {
    super('malformed JSON');
    this.name = 'MalformedJson';
  }
}

/**
 * The value of a JSON body; a byte order mark before it is passed over (RFC 8259 section 8.1). Throws where it is no UTF-8
 * or no JSON, too deep or of too many parts, or where a key stands twice in one object: who reads the last one and who
 * reads the first would read two bodies.
 */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new MalformedJson();
  const whole = bytes.toString('utf8');
  const text = whole.charCodeAt(0) === 0xfeff ? whole.slice(1) : whole;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedJson();
  }
  new Inspection(text).run();
  return value;
}

/** An open object or array: the keys that stood in it, and which part of it is being read. */
interface Level {
  readonly keys: Set<string> | null;
  part: string | number;
}

/** One walk over the text of a body that is known to be JSON. It does not recurse. */
class Inspection {
  private readonly levels: Level[] = [];
  private values = 1;
  private expectsKey = false;

  constructor(private readonly text: string) {}

  run(): void {
    const { text } = this;
    for (let at = 0; at < text.length; at += 1) {
      const sign = text[at];
      if (sign === '"') at = this.string(at);
      else if (sign === '{') this.enter({ keys: new Set(), part: '' });
      else if (sign === '[') this.enter({ keys: null, part: 0 });
      else if (sign === '}' || sign === ']') this.levels.pop();
      else if (sign === ',') this.next();
    }
  }

  private enter(level: Level): void {
    this.levels.push(level);
    this.expectsKey = level.keys !== null;
    if (this.levels.length > mostLevels) throw tooComplex(`At most ${String(mostLevels)} levels.`);
    this.count();
  }

  private next(): void {
    const level = this.levels.at(-1);
    this.expectsKey = level?.keys !== null;
    if (level !== undefined && typeof level.part === 'number') level.part += 1;
    this.count();
  }

  private count(): void {
    this.values += 1;
    if (this.values > mostValues) throw tooComplex(`At most ${String(mostValues)} fields and elements.`);
  }

  /** Reads a string; gives where it ends. */
  private string(from: number): number {
    const { text } = this;
    let end = from;
    do end = text.indexOf('"', end + 1);
    while (isEscaped(text, end));
    if (this.expectsKey) this.key(text.slice(from, end + 1));
    this.expectsKey = false;
    return end;
  }

  private key(quoted: string): void {
    const level = this.levels.at(-1);
    if (level?.keys === null || level === undefined) return;
    const key = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
    level.part = key;
    if (forbiddenKeys.includes(key)) throw this.badKey('unknown-field', 'There is no such field. Remove it.');
    if (level.keys.has(key)) throw this.badKey('duplicate-key', 'This key stands here twice. Give it once.');
    level.keys.add(key);
  }

  private badKey(code: string, message: string): InvalidInput {
    const parts = this.levels.map(({ part }) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'));
    return new InvalidInput('body', [{ pointer: `/${parts.join('/')}`, code, message }]);
  }
}

/** Whether an odd number of backslashes stands before. */
function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text[before] === '\\') before -= 1;
  return (at - before) % 2 === 0;
}

function tooComplex(message: string): InvalidInput {
  const code = 'body-too-complex';
  return new InvalidInput('body', [{ pointer: '', code, message }], code);
}
