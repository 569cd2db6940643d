import { describeFailure, shortName } from './described-failure.js';

/** A failure whose stack is what V8 would write. */
function failure(message: string, frames: readonly string[], more: object = {}): Error {
  const error = new Error(message);
  error.stack = `${error.name}: ${message}\n${frames.join('\n')}`;
  return Object.assign(error, more);
}

class Misplaced extends Error {}

describe('a failure is told', () => {
  it('by class, code and places, and never by its own words', () => {
    const told = describeFailure(
      failure(
        'as ops@example.com at https://example.com/?sig=1',
        [
          '    at async PostgresUnitOfWork.run (file:///opt/postern/dist/src/adapters/postgres/unit.js:36:20)',
          '    at /opt/postern/node_modules/pg/lib/client.js:631:17',
          '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
          '    at Object.<anonymous> (/home/somebody/src/one.spec.ts:3:4)',
        ],
        { code: '57P01' },
      ),
    );
    expect(told).toEqual({
      error: 'Error',
      code: '57P01',
      places: [
        'PostgresUnitOfWork.run dist/src/adapters/postgres/unit.js:36:20',
        'node_modules/pg/lib/client.js:631:17',
        'process.processTicksAndRejections node:internal/process/task_queues:105:5',
        'Object.<anonymous> one.spec.ts:3:4',
      ],
    });
  });

  it('without lines of its words that look like places', () => {
    const words = 'first\n    at secret (/etc/secret.js:1:2)';
    expect(describeFailure(failure(words, ['    at f (/a/dist/b.js:1:1)'])).places).toEqual([
      'f dist/b.js:1:1',
    ]);
  });

  it.each<[what: string, thrown: unknown, told: object]>([
    ['the driver’s code below', failure('x', [], { driverError: { code: '40P01' } }), { code: '40P01' }],
    ['what our own error gives as its cause', failure('x', [], { cause: '53300' }), { code: '53300' }],
    ['no code that is a sentence', failure('x', [], { code: 'for ops@example.com' }), { error: 'Error' }],
    ['the constructor of a class without a name', new Misplaced('x'), { error: 'Misplaced' }],
    ['what was thrown and is no error', 'some words', { error: 'string' }],
    ['nothing at all', null, { error: 'null' }],
  ])('with %s', (_what, thrown, told) => {
    expect({ ...describeFailure(thrown), places: [] }).toEqual({ error: 'Error', ...told, places: [] });
  });

  it('with the classes and codes of what caused it', () => {
    const below = Object.assign(new Error('connect 10.0.0.1'), { code: 'ECONNREFUSED' });
    const thrown = new TypeError('fetch failed', { cause: new AggregateError([], 'all', { cause: below }) });
    expect(describeFailure(thrown).cause).toBe('AggregateError < Error ECONNREFUSED');
  });

  it('that is caused by itself, all the same', () => {
    const circle = new Error('x');
    circle.cause = circle;
    expect(describeFailure(circle).cause).toBe('Error < Error < Error < Error');
  });

  it('in one short text for a column', () => {
    expect(shortName(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toBe('Error ECONNRESET');
    expect(shortName('words')).toBe('unknown error');
  });
});
