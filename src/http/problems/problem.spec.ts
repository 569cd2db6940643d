import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { AnswerReplayed, StoreUnavailable } from '../../domain/ports/unit-of-work.js';
import { reasonCodes } from '../../domain/reason-codes.js';
import {
  alreadyFinal,
  conflict,
  forbidden,
  invalid,
  notFound,
  policyRefuses,
  preconditionRequired,
  stale,
  tooMany,
} from '../../domain/refusals.js';
import { KeysUnavailable } from '../access/tenant-keys.js';
import { meaningOf } from './catalogue.js';
import { InvalidInput } from './invalid-input.js';
import { answerOf, renderRefusal } from './problem.js';
import { Unauthorized } from './unauthorized.js';

const answer = (error: unknown) => answerOf(error, '/v1/things', 'trace');
const why = ['some-code', 'It is so.', 'Do this.'] as const;

describe('a failure as it is answered', () => {
  it.each<[what: string, error: unknown, status: number, code: string]>([
    ['nothing there', notFound(), 404, 'not-found'],
    ['forbidden', forbidden(...why), 403, 'some-code'],
    ['malformed', invalid(...why, '/field'), 400, 'some-code'],
    ['a conflict', conflict(...why), 409, 'some-code'],
    ['final', alreadyFinal(...why), 409, 'some-code'],
    ['a version missing', preconditionRequired(), 428, 'if-match-required'],
    ['stale', stale(), 412, 'stale-version'],
    [
      'a bad field',
      new InvalidInput('body', [{ pointer: '/a', code: 'x', message: 'Mend it.' }]),
      400,
      'invalid-body',
    ],
    ['too many filings', tooMany({ code: 'some-code', message: 'm', nextStep: 'n' }, 60), 429, 'some-code'],
    ['no token', new Unauthorized('token-missing', 'no-token', 'Send one.'), 401, 'token-missing'],
    ['the store away', new StoreUnavailable('57P01'), 503, 'unavailable'],
    ['the keys away', new KeysUnavailable('timeout'), 503, 'keys-unavailable'],
    ['a large body', { statusCode: 413 }, 413, 'body-too-large'],
    ['another media type', { statusCode: 415 }, 415, 'unsupported-media-type'],
    ['broken JSON', { statusCode: 400 }, 400, 'malformed-json'],
    ['headers too large', { statusCode: 431 }, 400, 'malformed-request'],
    ['too slow', { statusCode: 408 }, 408, 'request-timeout'],
    ['a broken path', { statusCode: 400, code: 'FST_ERR_BAD_URL' }, 400, 'malformed-request'],
    ['anything else', new Error('password=hunter2'), 500, 'internal'],
    ['something that is no error', 'hunter2', 500, 'internal'],
  ])('%s', (_what, error, status, code) => {
    const { status: sent, body, headers } = answer(error);
    expect([sent, body]).toEqual([
      status,
      expect.objectContaining({ status, code, instance: '/v1/things', traceId: 'trace' }),
    ]);
    expect(headers['content-type']).toMatch('application/problem+json');
    expect(headers['retry-after'] !== undefined).toBe(status === 503 || status === 429);
    // What went wrong inside is for the log.
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });

  it('carries every refusal with its next step, and when to apply again', () => {
    const refusals = [
      {
        code: 'cooling-down',
        message: 'It was revoked.',
        nextStep: 'Wait.',
        applyAgainOn: '2026-09-01T00:00:00.000Z',
      },
      { code: 'past-due', message: 'Invoices are open.', nextStep: 'Pay them.' },
    ] as const;
    expect(answer(policyRefuses(refusals))).toMatchObject({
      status: 422,
      body: { code: 'cooling-down', refusals, detail: 'It was revoked. Wait. Invoices are open. Pay them.' },
    });
  });

  it('is the kept answer, marked, where the question was answered before', () => {
    const kept = { status: 201, headers: { etag: '"1"' }, body: { id: 'x' } };
    expect(answer(new AnswerReplayed(kept))).toEqual({
      ...kept,
      headers: { etag: '"1"', 'idempotent-replayed': 'true' },
    });
  });

  it('is kept under its key for 404, 409, 412 and 422 only', () => {
    const keeps = (error: unknown) => renderRefusal(error, '/', '') !== null;
    expect([notFound(), conflict(...why), alreadyFinal(...why), stale()].map(keeps)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    const notKept = [
      invalid(...why, '/field'),
      forbidden(...why),
      preconditionRequired(),
      tooMany({ code: 'some-code', message: 'm', nextStep: 'n' }, 60),
      new StoreUnavailable('x'),
      new Error('x'),
    ];
    expect(notKept.map(keeps)).toEqual([false, false, false, false, false, false]);
  });
});

/** The codes that stand literally in the sources of a ring, where something is refused. */
function codesRefusedWith(ring: string): readonly string[] {
  const folder = path.join(import.meta.dirname, '..', '..', ring);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts') && !/\.(spec|examples)\.ts$/.test(file));
  const refusing =
    /\b(?:conflict|forbidden|invalid|alreadyFinal)\((?:'conflict', )?\s*'([a-z-]+)'|code: '([a-z-]+)',\s+message:[^}]*?nextStep/g;
  return sources.flatMap((file) =>
    [...readFileSync(path.join(folder, file), 'utf8').matchAll(refusing)].map(
      ([, called, written]) => called ?? written ?? '',
    ),
  );
}

describe('the pages of problems', () => {
  it('explain every reason code of the domain', () => {
    expect(reasonCodes.filter((code) => meaningOf(code) === null)).toEqual([]);
  });

  it('explain every code that verbs and lifecycles refuse with', () => {
    const codes = ['application', 'domain', 'adapters/postgres'].flatMap((ring) => codesRefusedWith(ring));
    expect(codes.length).toBeGreaterThan(30);
    expect(codes.filter((code) => meaningOf(code) === null)).toEqual([]);
  });

  it('explain final states, and nothing that is unknown', () => {
    expect(meaningOf('already-revoked')).toContain('revoked');
    expect(meaningOf('already-gold')).toBeNull();
    expect(meaningOf('constructor')).toBeNull();
  });
});
