import { addDays, type Instant, isBefore } from '../domain/instants.js';
import type { MailedLine } from '../domain/ports/mail-store.js';
import type { Mail } from '../domain/ports/notifier.js';
import type { TimelineEntry } from '../domain/ports/record-stores.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';
import type { ExemptionRequest } from '../domain/request/request.js';
import { tell } from '../domain/told-texts.js';
import { isStillRelated } from './still-related.js';

/** A mail that tells one line of a request's history. */
export interface LineMail extends Mail, MailedLine {
  readonly tenantId: string;
}

/** A mail that tells what was held back of a day. */
export interface Digest extends Mail {
  /** When the first and the last of what it tells were held back. */
  readonly since: Instant;
  readonly until: Instant;
}

interface Told {
  readonly entry: TimelineEntry;
  readonly request: ExemptionRequest;
  readonly to: string;
  readonly message: string;
}

/** Lines that a digest spells out; it says how many more there are. */
const mostLines = 50;

/** Null where the contact was erased or lost sight, or the line is not there: nobody is to be told, or nothing. */
export async function composeMail(tx: Transaction, line: MailedLine, now: Instant): Promise<LineMail | null> {
  const told = await toldBy(tx, line, now);
  if (told === null) return null;
  const { entry, request, to, message } = told;
  const { requestId, sequence } = line;
  return {
    requestId,
    sequence,
    tenantId: entry.tenantId,
    to,
    subject: `Outbound port 25, subscription ${request.subscriptionId}: ${entry.event.replaceAll('-', ' ')}`,
    text: `${message}\n\nRequest ${requestId}. Its whole history: /v1/exemption-requests/${requestId}/history\n`,
    messageKey: `${requestId}/${String(sequence)}`,
  };
}

/** The digest of what is held for the contact of a request; null where nothing is, or the contact was erased. */
export async function composeDigest(
  tx: Transaction,
  requestId: string,
  now: Instant,
): Promise<Digest | null> {
  const { total, mails } = await tx.mails.heldFor(requestId, mostLines);
  const lines: Told[] = [];
  for (const held of mails) {
    const told = await toldBy(tx, held, now);
    if (told !== null) lines.push(told);
  }
  const [first, last] = [mails.at(0), mails.at(-1)];
  const to = lines.at(0)?.to;
  if (first === undefined || last === undefined || to === undefined) return null;
  const more = total - mails.length;
  return {
    to,
    subject: `Outbound port 25: ${total === 1 ? 'one further message' : `${String(total)} further messages`}`,
    text: [
      'More happened than one address or subscription is mailed of on a day. What was not mailed by itself:',
      ...lines.map(lineOfDigest),
      ...(more > 0 ? [`${String(more)} more. The history of each request tells all of them.`] : []),
    ].join('\n\n'),
    messageKey: `${first.requestId}/digest/${first.heldAt}`,
    since: first.heldAt,
    // What was held after the lines that were read is left for the next digest only where all were read.
    until: more > 0 ? lastOfDay(first.heldAt) : last.heldAt,
  };
}

function lineOfDigest({ entry, request, message }: Told): string {
  return `${entry.at}, subscription ${request.subscriptionId}: ${message}\nRequest ${request.id}: /v1/exemption-requests/${request.id}/history`;
}

async function toldBy(
  tx: Transaction,
  { requestId, sequence }: MailedLine,
  now: Instant,
): Promise<Told | null> {
  const [entry] = await tx.timeline.of(requestId, sequence - 1, 1);
  if (entry === undefined) return null;
  const request = await tx.requests.find({ kind: 'platform' }, requestId, entry.at);
  const contact = (await tx.particulars.find(requestId))?.contact ?? null;
  if (request === null || contact === null || (await hasLeft(tx, request, entry.at, now))) return null;
  const audience = request.filedBy.kind === 'partner' ? 'partner' : 'customer';
  return { entry, request, to: contact.email, message: tell(entry, audience).message };
}

/** Whoever filed is told nothing of what came after it lost the subscription from sight, nor once its relationship ended. */
async function hasLeft(
  tx: Transaction,
  request: ExemptionRequest,
  at: Instant,
  now: Instant,
): Promise<boolean> {
  const { kind, tenantId } = request.filedBy;
  const scope = { kind: kind === 'partner' ? 'partner' : 'customer', tenantId: tenantId ?? '' } as const;
  const until = await tx.requests.seenUntil(scope, request.id);
  if (until !== null && isBefore(until, at)) return true;
  return !(await isStillRelated(tx, request, now));
}

/** Midnight after an instant, in UTC. */
export function endOfDay(at: Instant): Instant {
  return addDays(`${at.slice(0, 10)}T00:00:00.000Z`, 1);
}

function lastOfDay(at: Instant): Instant {
  return `${at.slice(0, 10)}T23:59:59.999Z`;
}
