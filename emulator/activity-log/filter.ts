import { ArmError } from '../errors.js';
import type { LogRecord } from './record.js';

/** What a call wants of the log. */
export interface LogFilter {
  readonly fromMs: number;
  readonly toMs: number;
  readonly matches: (record: LogRecord) => boolean;
}

/** The log keeps 90 days. */
const keptForMs = 90 * 86_400_000;

type Test = (record: LogRecord, wanted: string) => boolean;

/** What may be asked for beside the times, one of them at most; nothing else is taken, as by the real one. */
const tests: Readonly<Record<string, Test>> = {
  resourceuri: ({ happening }, wanted) => happening.resourceId.toLowerCase() === wanted,
  resourceid: ({ happening }, wanted) => happening.resourceId.toLowerCase() === wanted,
  resourcegroupname: ({ happening }, wanted) =>
    happening.resourceId.toLowerCase().includes(`/resourcegroups/${wanted}/`),
  resourceprovider: ({ happening }, wanted) => happening.resourceType.toLowerCase().startsWith(`${wanted}/`),
  correlationid: ({ happening }, wanted) => happening.cause.correlationId.toLowerCase() === wanted,
  eventchannels: () => true,
};

const clauseForm = /^\s*([a-z]+)\s+(ge|le|eq)\s+'([^']*)'\s*$/i;

/** What stands between the words `and`. */
function clausesOf(text: string): readonly string[] {
  const clauses: string[][] = [[]];
  for (const word of text.split(/\s/)) {
    if (word.toLowerCase() === 'and') clauses.push([]);
    else clauses.at(-1)?.push(word);
  }
  return clauses.map((words) => words.join(' '));
}

/** Reads `$filter`. The beginning is wanted; without an end it is now. Throws ARM's 400 for anything else. */
export function parseFilter(text: string | null, nowMs: number): LogFilter {
  const clauses = clausesOf(text ?? '').map((clause) => clauseForm.exec(clause));
  let fromMs: number | null = null;
  let toMs = nowMs;
  const wanted: ((record: LogRecord) => boolean)[] = [];
  for (const clause of clauses) {
    const [, name = '', operator = '', value = ''] = clause ?? [];
    const test = tests[name.toLowerCase()];
    if (name.toLowerCase() === 'eventtimestamp' && operator.toLowerCase() === 'ge') fromMs = instantOf(value);
    else if (name.toLowerCase() === 'eventtimestamp' && operator.toLowerCase() === 'le')
      toMs = instantOf(value);
    else if (test !== undefined && operator.toLowerCase() === 'eq')
      wanted.push((record) => test(record, value.toLowerCase()));
    else throw badFilter(`The filter '${text ?? ''}' is not supported.`);
  }
  if (fromMs === null) throw badFilter("The filter must contain a start time: eventTimestamp ge '…'.");
  if (fromMs < nowMs - keptForMs) throw badFilter('The start time cannot be more than 90 days in the past.');
  if (toMs < fromMs) throw badFilter('The end time cannot be before the start time.');
  return { fromMs, toMs, matches: (record) => wanted.every((test) => test(record)) };
}

function instantOf(value: string): number {
  const milliseconds = Date.parse(value);
  if (Number.isNaN(milliseconds)) throw badFilter(`'${value}' is no time.`);
  return milliseconds;
}

const badFilter = (message: string) => new ArmError(400, 'BadRequest', message);
