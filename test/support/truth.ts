import { type HttpCall, type Json } from '../../launch/demo/desk.js';
import { latestExemptions, rowsOf, type Reader, type Word } from './word.js';

/** One machine of which Postern says something else than the wire. */
export interface Disagreement {
  readonly subscriptionId: string;
  readonly exemption: string;
  readonly machine: string;
  readonly wire: string;
  readonly word: string;
  readonly broken: string;
}

/** A machine as only the emulated cloud knows it. */
interface Truth {
  readonly vmId: string;
  readonly name: string;
  readonly wire: string;
  readonly powerState: string;
  readonly tookHostAt: string;
}

export interface TruthRules {
  readonly clockMarginMs: number;
}

/** Postern sees late: a look, two 404s, the activity log. A minute is thirty looks of the slowest kind in these tests. */
const patienceMs = 60_000;

/**
 * Throws a table of disagreements unless, within a minute, Postern's word and the emulator's truth agree for every
 * machine of every subscription with an exemption (docs/enforcement.md). A subscription that the cloud has forgotten has
 * no truth, and nothing is said of it.
 */
export async function truthMustAgree(read: Reader, control: HttpCall, rules: TruthRules): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const found = await disagreements(read, control, rules);
    if (found.length === 0) return;
    if (Date.now() > deadline) throw new Error(`the truth and Postern’s word disagree:\n${tableOf(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** What Postern says and the wire does not, at this moment. */
export async function disagreements(
  read: Reader,
  control: HttpCall,
  rules: TruthRules,
): Promise<readonly Disagreement[]> {
  const all: Disagreement[] = [];
  for (const exemption of await latestExemptions(read)) {
    const { subscriptionId } = exemption;
    const answer = await control('GET', `/_control/subscriptions/${subscriptionId}/port25`);
    if (answer.status === 404) continue;
    const truths = answer.body.at('virtualMachines').items.map(truthOf);
    const words = await rowsOf(read, exemption.id);
    all.push(...compared(exemption, truths, words, rules));
  }
  return all;
}

function truthOf(one: Json): Truth {
  return {
    vmId: one.at('vmId').text,
    name: one.at('name').text,
    wire: one.at('port25').text,
    powerState: one.at('powerState').text.replace('PowerState/', ''),
    tookHostAt: one.at('tookHostAt').text,
  };
}

interface Exemption {
  readonly subscriptionId: string;
  readonly state: string;
  readonly gateMovedAt: string | null;
}

function compared(
  exemption: Exemption,
  truths: readonly Truth[],
  words: readonly Word[],
  rules: TruthRules,
): readonly Disagreement[] {
  const said = new Map(words.map((word) => [word.vmId, word]));
  const there = new Map(truths.map((truth) => [truth.vmId, truth]));
  const pairs = [...new Set([...said.keys(), ...there.keys()])].map((vmId) => ({
    truth: there.get(vmId) ?? null,
    word: said.get(vmId) ?? null,
  }));
  return pairs.flatMap(({ truth, word }) => {
    const broken = brokenRule(exemption, truth, word, rules);
    if (broken === null) return [];
    return [
      {
        subscriptionId: exemption.subscriptionId,
        exemption: exemption.state,
        machine: truth?.name ?? word?.name ?? '',
        wire: truth === null ? 'absent' : `${truth.wire} (${truth.powerState})`,
        word: word === null ? 'no row' : `${word.exempt ? 'exempt' : 'not exempt'} (${word.state})`,
        broken,
      },
    ];
  });
}

/** The first of the rules of docs/enforcement.md that one machine breaks; null where it breaks none. */
function brokenRule(
  exemption: Exemption,
  truth: Truth | null,
  word: Word | null,
  rules: TruthRules,
): string | null {
  const { state } = exemption;
  if (truth === null) {
    const isLooked = state === 'enabling' || state === 'effective';
    return isLooked && word?.state !== 'gone' ? 'what is not there is gone' : null;
  }
  if (state === 'effective' && truth.wire === 'closed') return 'effective means that every machine is open';
  const isEnded = state === 'revoked' || state === 'expired';
  if (isEnded && truth.wire === 'open') return 'ended means that every machine is closed';
  if (word === null) return state === 'effective' ? 'every machine of an effective right is known' : null;
  if (word.state === 'gone') return 'what is gone is not there';
  if (word.exempt && truth.wire !== 'open') return 'exempt means that the wire is open';
  const isSettled = truth.powerState === 'running' && !['deallocating', 'starting'].includes(word.state);
  if (!word.exempt && isSettled && truth.wire === 'open' && !mayBeUnknown(exemption, truth, rules))
    return 'what is open is said to be exempt';
  return null;
}

/** What took its host within the clock margin of the gate's move may be unknown to Postern, and is then not exempt. */
function mayBeUnknown(exemption: Exemption, truth: Truth, { clockMarginMs }: TruthRules): boolean {
  if (exemption.gateMovedAt === null) return true;
  return Math.abs(Date.parse(truth.tookHostAt) - Date.parse(exemption.gateMovedAt)) <= clockMarginMs;
}

function tableOf(found: readonly Disagreement[]): string {
  const titles = { subscriptionId: 'subscription', exemption: 'exemption', machine: 'machine' };
  const header: Disagreement = { ...titles, wire: 'wire', word: 'Postern says', broken: 'but' };
  const keys = ['subscriptionId', 'exemption', 'machine', 'wire', 'word', 'broken'] as const;
  const widths = keys.map((key) => Math.max(...[header, ...found].map((row) => row[key].length)));
  return [header, ...found]
    .map((row) => keys.map((key, index) => row[key].padEnd(widths[index] ?? 0)).join('  '))
    .join('\n');
}
