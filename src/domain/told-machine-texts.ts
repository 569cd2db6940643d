import type { Direction } from './enforcement/restart.js';
import { troubleWords } from './enforcement/trouble-words.js';
import type { ToldEntry } from './ports/told-entry.js';

type Sentence = (entry: ToldEntry) => string;

const fact = (entry: ToldEntry, name: string): string => String(entry.facts[name] ?? '');
const count = (entry: ToldEntry, name: string): number => Number(entry.facts[name] ?? 0);
const directionOf = (entry: ToldEntry): Direction =>
  fact(entry, 'direction') === 'revoke' ? 'revoke' : 'enable';
const wordsOf = (entry: ToldEntry) => troubleWords(entry.code ?? '', directionOf(entry));
const them = (entry: ToldEntry): string => (count(entry, 'count') === 1 ? 'it' : 'them');
const until = (entry: ToldEntry): string =>
  directionOf(entry) === 'revoke' ? ' Until then the right is not ended.' : '';

/** Nobody is said to know already: a mail to them may not be out yet, or never get there; the list is always there. */
const listed = 'This needs a support engineer, and stands in their list.';

const howToCycle =
  'use Stop in the portal or `az vm deallocate`, wait until it is deallocated, then start it';

/** What is told of many machines at once, by mail, too: each says what happened, what Postern does, and what its reader can do. */
export const ofMachines: Readonly<Record<string, Sentence>> = {
  'machines-down': (entry) =>
    `Postern stopped ${fact(entry, 'machines')} and cannot start ${them(entry)} again: ${wordsOf(entry).cause}. ${wordsOf(entry).next} ${listed}`,
  'machines-failed': (entry) =>
    `The restart did not come through for ${fact(entry, 'machines')}: ${wordsOf(entry).cause}. ${listed} ${wordsOf(entry).next}${until(entry)}`,
  'machines-blocked': (entry) =>
    `The restart is blocked for ${fact(entry, 'machines')}: ${wordsOf(entry).cause}. ${wordsOf(entry).next}${until(entry)}`,
  'machines-through': (entry) => {
    const [machines, howItStands] = [fact(entry, 'machines'), 'Each machine’s row says how it stands.'];
    if (entry.facts.kind !== 'down') return `What held up the restart of ${machines} is over. ${howItStands}`;
    return entry.facts.left === true
      ? `Postern does not start ${machines} any more: a support engineer or the owner took over. Start what is off. ${howItStands}`
      : `What kept ${machines} from being started is over. ${howItStands}`;
  },
  'machines-missing': (entry) => missing(entry),
  'addresses-not-ready': (entry) =>
    `A stop released the dynamic public address of ${fact(entry, 'machines')}, and the new ${count(entry, 'count') === 1 ? 'one is' : 'ones are'} not ready to send mail: reverse DNS, SPF or blocklists speak of another. What to do for each: /v1/exemptions/${fact(entry, 'exemptionId')}, \`addressReview\`.`,
};

/** The reminder: what is missing, for each kind what to do, and how to be spared. */
function missing(entry: ToldEntry): string {
  const kinds = [
    `${fact(entry, 'running')}: running on the host of before, and a restart from inside keeps it. For each, ${howToCycle}.`,
    `${fact(entry, 'shutDown')}: shut down from inside, so that the host is still allocated. For each, ${howToCycle}.`,
    `${fact(entry, 'others')}: the machine’s row says what is missing.`,
  ];
  const named = ['running', 'shutDown', 'others'].flatMap((name, index) =>
    fact(entry, name) === '' ? [] : [kinds[index] ?? ''],
  );
  return [
    headOf(entry),
    ...named,
    `All rows: /v1/exemptions/${fact(entry, 'exemptionId')}/virtual-machines. Or set the restart plan to "managed", and Postern does it.`,
  ].join(' ');
}

function headOf(entry: ToldEntry): string {
  const total = count(entry, 'missing');
  const who = total === 1 ? 'one machine' : `${String(total)} machines`;
  return entry.code === 'closed-again'
    ? `The exemption is effective, but not proven for ${who}: a host was, or may have been, taken while the gate was closed, as was learnt later.`
    : `The exemption waits for ${who} to be stopped (deallocated) and started.`;
}
