import { createHash, randomUUID } from 'node:crypto';
import type { Caller } from '../../../src/domain/access/actor.js';
import {
  AnswerReplayed,
  type Frame,
  type IdempotencyRequest,
  type Transaction,
} from '../../../src/domain/ports/unit-of-work.js';
import { forbidden, policyRefuses, RefusedError } from '../../../src/domain/refusals.js';
import { PostgresHousekeeping } from '../../../src/adapters/postgres/postgres-housekeeping.js';
import { colleague, customer } from '../verbs/people.js';
import { refusalOf } from '../verbs/verb-world.js';
import { createStoreWorld, type StoreWorld } from './store-world.js';

let world: StoreWorld;
beforeAll(async () => {
  world = await createStoreWorld();
});
beforeEach(() => world.asOwner('DELETE FROM idempotency_keys'));
afterAll(() => world.close());

const hashed = (body: string) => createHash('sha256').update(body).digest('hex');
const statusOf: Partial<Record<RefusedError['kind'], number>> = {
  policy: 422,
  conflict: 409,
  'not-found': 404,
};
const asked = (key: string, differs: Partial<IdempotencyRequest> = {}, actor: Caller = customer): Frame => ({
  actor,
  traceId: null,
  idempotency: {
    key,
    method: 'POST',
    path: '/v1/things',
    bodyHash: hashed('{}'),
    render: (body) => ({ status: 201, headers: { etag: '"1"' }, body }),
    renderRefusal: (error) => {
      const status = error instanceof RefusedError ? statusOf[error.kind] : undefined;
      return status === undefined ? null : { status, headers: {}, body: { z: 1, a: 'in this order' } };
    },
    ...differs,
  },
});

const textOf = (id: string, text: string) => ({
  id,
  tenantId: customer.tenantId,
  about: 'request' as const,
  aboutId: id,
  text,
});

/** One effect a run: a text of these words. */
const adding = (name: string, then: (tx: Transaction) => Promise<void> = () => Promise.resolve()) => {
  const work = async (tx: Transaction) => {
    await tx.replayIfAnswered();
    const id = randomUUID();
    await tx.texts.save([textOf(id, name)]);
    await then(tx);
    return { id };
  };
  return work;
};
const effectsOf = async (name: string) =>
  (await world.asOwner('SELECT FROM erasable_texts WHERE text = $1', [name])).length;
const replayed = async (attempt: Promise<unknown>) => {
  const [outcome] = await Promise.allSettled([attempt]);
  if (outcome.status === 'rejected' && outcome.reason instanceof AnswerReplayed) return outcome.reason.answer;
  throw outcome.status === 'rejected' ? outcome.reason : new Error('it was carried out again');
};

describe('the same key', () => {
  it('and body gets the stored answer, and has one effect (I11)', async () => {
    const [key, name] = [randomUUID(), randomUUID()];
    const first = await world.unitOfWork.run(asked(key), adding(name));
    const answer = await replayed(world.unitOfWork.run(asked(key), adding(name)));
    expect(answer).toEqual({ status: 201, headers: { etag: '"1"' }, body: first });
    expect(await effectsOf(name)).toBe(1);
  });

  it('and another body is refused, and the first answer stays (I11)', async () => {
    const [key, name] = [randomUUID(), randomUUID()];
    await world.unitOfWork.run(asked(key), adding(name));
    const other = world.unitOfWork.run(asked(key, { bodyHash: hashed('{"a":1}') }), adding(name));
    expect(await refusalOf(other)).toEqual(['policy', 'idempotency-key-reused']);
    expect((await replayed(world.unitOfWork.run(asked(key), adding(name)))).status).toBe(201);
  });

  it('of another person, method or path is another key', async () => {
    const [key, name] = [randomUUID(), randomUUID()];
    const frames = [
      asked(key),
      asked(key, {}, colleague),
      asked(key, { method: 'PUT' }),
      asked(key, { path: '/v1/x' }),
    ];
    for (const frame of frames) await world.unitOfWork.run(frame, adding(name));
    expect(await effectsOf(name)).toBe(frames.length);
  });

  it('that is still running is a conflict, which is not kept as its answer', async () => {
    const [key, name] = [randomUUID(), randomUUID()];
    const second: { refusal: readonly string[] } = { refusal: [] };
    await world.unitOfWork.run(
      asked(key),
      adding(name, async () => {
        second.refusal = await refusalOf(world.unitOfWork.run(asked(key), adding(name)));
      }),
    );
    expect(second.refusal).toEqual(['conflict', 'idempotency-key-in-use']);
    expect((await replayed(world.unitOfWork.run(asked(key), adding(name)))).status).toBe(201);
    expect(await effectsOf(name)).toBe(1);
  });

  it('that is answered by somebody else between look and commit undoes this one, and replays (I11)', async () => {
    const [key, name] = [randomUUID(), randomUUID()];
    let runs = 0;
    const late = world.unitOfWork.run(
      asked(key),
      adding(name, async () => {
        runs += 1;
        // As if the other had committed between this one's look and its lock.
        await world.asOwner(
          `INSERT INTO idempotency_keys (tenant_id, object_id, method, path, key, body_hash, status, headers, body)
           VALUES ($1, $2, 'POST', '/v1/things', $3, $4, 201, '{}', '"theirs"')`,
          [customer.tenantId, customer.objectId, key, hashed('{}')],
        );
      }),
    );
    expect(await replayed(late)).toEqual({ status: 201, headers: {}, body: 'theirs' });
    expect([runs, await effectsOf(name)]).toEqual([1, 0]);
  });

  it('sent fifty times at once has one effect; the others get its answer or 409 (F15, I11)', async () => {
    const [key, name] = [randomUUID(), randomUUID()];
    const all = await Promise.allSettled(
      Array.from({ length: 50 }, () => world.unitOfWork.run(asked(key), adding(name))),
    );
    const [done, rest] = [all.filter(({ status }) => status === 'fulfilled'), all.filter(isRejected)];
    expect(done).toHaveLength(1);
    for (const { reason } of rest) {
      if (reason instanceof AnswerReplayed) continue;
      expect(await refusalOf(Promise.reject(reason as Error))).toEqual([
        'conflict',
        'idempotency-key-in-use',
      ]);
    }
    expect(await effectsOf(name)).toBe(1);
  });

  it('is free again when its work failed without an answer (F1)', async () => {
    const [key, name] = [randomUUID(), randomUUID()];
    const broken = adding(name, () => Promise.reject(new Error('killed')));
    await expect(world.unitOfWork.run(asked(key), broken)).rejects.toThrow('killed');
    await world.unitOfWork.run(asked(key), adding(name));
    expect(await effectsOf(name)).toBe(1);
  });

  it('is forgotten after 24 hours, purged or not', async () => {
    const [key, name] = [randomUUID(), randomUUID()];
    const age = () => world.asOwner(`UPDATE idempotency_keys SET created_at = now() - interval '25 hours'`);
    await world.unitOfWork.run(asked(key), adding(name));
    await age();
    await world.unitOfWork.run(asked(key, { bodyHash: hashed('another') }), adding(name));
    expect(await effectsOf(name)).toBe(2);
    const purge = async () => (await new PostgresHousekeeping(world.dataSource).purge()).removed;
    expect(await purge()).toBe(0);
    await age();
    expect(await purge()).toBe(1);
  });
});

describe('a refusal', () => {
  const refused = (error: Error) => async (tx: Transaction) => {
    await tx.replayIfAnswered();
    await tx.texts.save([textOf(randomUUID(), 'half done')]);
    throw error;
  };
  const reason = { code: 'cooling-down', message: 'Not yet.', nextStep: 'Wait.' };

  it('has no effect, and its answer is kept word for word for whoever asks again', async () => {
    const key = randomUUID();
    expect(await refusalOf(world.unitOfWork.run(asked(key), refused(policyRefuses([reason]))))).toEqual([
      'policy',
      'cooling-down',
    ]);
    expect(await effectsOf('half done')).toBe(0);
    const answer = await replayed(world.unitOfWork.run(asked(key), adding('never')));
    expect(JSON.stringify(answer.body)).toBe('{"z":1,"a":"in this order"}');
    expect(answer.status).toBe(422);
  });

  it('that the database itself gave is kept like any other (I2, I11)', async () => {
    const key = randomUUID();
    const facts = await world.registered();
    const submit = (frame: Frame) =>
      world.unitOfWork.run(frame, async (tx) => {
        await tx.replayIfAnswered();
        return world.submitIn(tx, facts);
      });
    const first = await submit(asked(randomUUID()));
    expect(await refusalOf(submit(asked(key)))).toEqual(['conflict', 'live-request-exists']);
    expect((await replayed(submit(asked(key)))).status).toBe(409);
    expect(first.state).toBe('checking');
  });

  it('that is not to be kept is decided anew', async () => {
    const key = randomUUID();
    const forbade = refused(forbidden('not-yours', 'Not yours.', 'Ask.'));
    expect(await refusalOf(world.unitOfWork.run(asked(key), forbade))).toEqual(['forbidden', 'not-yours']);
    const name = randomUUID();
    await world.unitOfWork.run(asked(key), adding(name));
    expect(await effectsOf(name)).toBe(1);
  });
});

function isRejected<T>(outcome: PromiseSettledResult<T>): outcome is PromiseRejectedResult {
  return outcome.status === 'rejected';
}
