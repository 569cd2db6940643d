import { Controller } from '@nestjs/common';
import { SubmitBatch, type BatchEntry, type BatchOutcome } from '../../application/submit-batch.js';
import { RateLimits } from '../access/rate-limits.js';
import { ApiLog } from '../api-log.js';
import { In, type InputOf } from '../incoming.js';
import { fieldWords } from '../problems/field-words.js';
import { InvalidInput, invalidFields } from '../problems/invalid-input.js';
import { answerOf } from '../problems/problem.js';
import { rendered, type Rendered } from '../rendered.js';
import { costOf, On } from '../route.js';
import { submitBody } from '../schemas/request.schema.js';
import * as routes from './partner.routes.js';
import { created } from './request.controller.js';
import { commandOf } from './submit-command.js';

type Input = InputOf<typeof routes.submitBatch>;

@Controller()
export class BatchController {
  constructor(
    private readonly batch: SubmitBatch,
    private readonly limits: RateLimits,
    private readonly log: ApiLog,
  ) {}

  @On(routes.submitBatch)
  async submitBatch(@In() input: Input) {
    const { requests } = input.body;
    // The first one was paid for at the door.
    const { headers, refusal } = this.limits.charge(
      input.call.actor,
      costOf(routes.submitBatch) * (requests.length - 1),
    );
    if (refusal !== null) throw refusal;
    const read = requests.map((body, index) => entryOf(input, body, index));
    const entries = read.filter((entry): entry is BatchEntry => !(entry instanceof InvalidInput));
    const filed = [
      ...(await this.batch.run(
        input.keyed(() => rendered(200, {})),
        entries,
      )),
    ];
    const answers = read.map((entry, index) =>
      this.answerTo(
        entry instanceof InvalidInput ? { kind: 'not-filed', error: entry } : filed.shift(),
        input,
        `/requests/${String(index)}`,
      ),
    );
    const items = answers.map(itemOf);
    const count = items.filter(({ status }) => status === 201).length;
    const isReplay = answers.some(wasReplayed) && !answers.some(isNew);
    const body = { items, filed: count, notFiled: items.length - count };
    return rendered(200, body, isReplay ? { ...headers, 'idempotent-replayed': 'true' } : headers);
  }

  private answerTo(outcome: BatchOutcome | undefined, { call, raw }: Input, place: string): Rendered {
    if (outcome === undefined) throw new Error('fewer outcomes than requests');
    if (outcome.kind === 'filed') return created(outcome.request);
    const traceId = call.traceId ?? '';
    // The fields of a malformed entry are named from the whole body already.
    const within = outcome.error instanceof InvalidInput ? '' : place;
    const answer = answerOf(outcome.error, raw.url.split('?')[0] ?? '', traceId, within);
    if (answer.status >= 500) this.log.failure(outcome.error, traceId);
    return answer;
  }
}

/** One of the batch, or all that is wrong with it, with pointers into the whole body. */
function entryOf(input: Input, body: unknown, index: number): BatchEntry | InvalidInput {
  const result = submitBody.safeParse(body, { reportInput: true, error: fieldWords });
  if (result.success) {
    const part = { path: `requests/${String(index)}`, body };
    return { call: input.keyed(created, part), command: commandOf(result.data) };
  }
  const fields = invalidFields(result.error.issues, 'body');
  const within = (pointer: string) => `/requests/${String(index)}${pointer}`;
  return new InvalidInput(
    'body',
    fields.map((field) => ({ ...field, pointer: within(field.pointer) })),
  );
}

function itemOf({ status, headers, body }: Rendered, index: number) {
  if (status !== 201) return { index, status, problem: body };
  const { location, etag } = headers;
  return { index, status, id: (body as { readonly id: string }).id, location, etag, request: body };
}

const wasReplayed = ({ headers }: Rendered) => headers['idempotent-replayed'] === 'true';
/** Neither answered before nor malformed, which is told again and kept nowhere. */
const isNew = (answer: Rendered) => !wasReplayed(answer) && answer.status !== 400;
