import { type HttpCall } from '../../launch/demo/desk.js';
import {
  brokenByOpenHost,
  cameAfterTheEnd,
  type Everywhere,
  everywhereOf,
  hasEnded,
  type Truth,
} from './open-hosts.js';
import { allExemptions, type ExemptionWord, latestOf, rowsOf, type Reader, type Word } from './word.js';

/** One machine of which Postern says something else than the wire. */
export interface Disagreement {
  readonly subscriptionId: string;
  readonly exemption: string;
  readonly machine: string;
  readonly wire: string;
  readonly word: string;
  readonly broken: string;
}

export interface TruthRules {
  readonly clockMarginMs: number;
}

/** Postern sees late: a look, two 404s, the activity log. A minute is thirty looks of the slowest kind in these tests. */
const patienceMs = 60_000;

/**
 * Throws a table of disagreements unless, within a minute, Postern's word and the emulator's truth agree for every
 * machine of every subscription with an exemption, and for every other machine that took its host under the gate of one
 * (docs/enforcement.md, I19). A subscription that the cloud has forgotten has
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

/** What Postern says and the wire does not, at this moment, in any subscription. */
export async function disagreements(
  read: Reader,
  control: HttpCall,
  rules: TruthRules,
): Promise<readonly Disagreement[]> {
  const exemptions = await allExemptions(read);
  const everywhere = everywhereOf((await control('GET', '/_control/port25')).body);
  const words = new Map<string, readonly Word[]>();
  for (const { id } of latestOf(exemptions)) words.set(id, await rowsOf(read, id));
  const said = ({ id }: ExemptionWord) => words.get(id) ?? [];
  const saidOf = (exemption: ExemptionWord, vmId: string) =>
    said(exemption).find((word) => word.vmId === vmId) ?? null;
  const inTheirPlace = latestOf(exemptions)
    .filter(({ subscriptionId }) => everywhere.subscriptions.has(subscriptionId))
    .flatMap((exemption) => compared(exemption, everywhere, said(exemption), rules));
  return [...inTheirPlace, ...openHosts(exemptions, everywhere, saidOf, rules)];
}

/**
 * Machines that carry the open position of a right where they must not, or unseen, in whatever subscription (I19). `said` gives
 * the row of an exemption's page, null where there is none; undefined where that is not held against Postern, which sees late.
 */
export function openHosts(
  exemptions: readonly ExemptionWord[],
  { machines }: Everywhere,
  said: (exemption: ExemptionWord, vmId: string) => Word | null | undefined,
  { clockMarginMs }: TruthRules,
): readonly Disagreement[] {
  return machines.flatMap((truth) => {
    const own = exemptions.filter(({ subscriptionId }) => subscriptionId === truth.tookHostIn);
    const [latest] = own;
    if (latest === undefined) return [];
    const word = said(latest, truth.vmId);
    const broken = brokenByOpenHost(truth, own, word, clockMarginMs);
    if (broken === null) return [];
    const row = disagreement(latest, truth, word ?? null, broken);
    return [{ ...row, wire: `${row.wire} in ${truth.subscriptionId}` }];
  });
}

/** The end of a right left no machine of its subscription open: it holds however late Postern sees. */
export function openAfterTheEnd(
  exemptions: readonly ExemptionWord[],
  { machines }: Everywhere,
  { clockMarginMs }: TruthRules,
): readonly Disagreement[] {
  return latestOf(exemptions)
    .filter(hasEnded)
    .flatMap((exemption) =>
      machines
        .filter(({ subscriptionId, wire }) => subscriptionId === exemption.subscriptionId && wire === 'open')
        .filter((truth) => !cameAfterTheEnd(truth, exemption, clockMarginMs))
        .map((truth) => disagreement(exemption, truth, null, endedRule)),
    );
}

const endedRule = 'ended means that every machine is closed';

function compared(
  exemption: ExemptionWord,
  { machines }: Everywhere,
  words: readonly Word[],
  rules: TruthRules,
): readonly Disagreement[] {
  const { subscriptionId } = exemption;
  const said = new Map(words.map((word) => [word.vmId, word]));
  const there = new Map(
    machines.filter((truth) => truth.subscriptionId === subscriptionId).map((truth) => [truth.vmId, truth]),
  );
  const elsewhere = new Set(machines.map(({ vmId }) => vmId).filter((vmId) => !there.has(vmId)));
  return [...new Set([...said.keys(), ...there.keys()])].flatMap((vmId) => {
    const [truth, word] = [there.get(vmId) ?? null, said.get(vmId) ?? null];
    const broken =
      truth === null
        ? brokenByAbsence(exemption, word, elsewhere.has(vmId))
        : brokenRule(exemption, truth, word, rules);
    return broken === null ? [] : [disagreement(exemption, truth, word, broken)];
  });
}

function disagreement(
  exemption: ExemptionWord,
  truth: Truth | null,
  word: Word | null,
  broken: string,
): Disagreement {
  return {
    subscriptionId: exemption.subscriptionId,
    exemption: exemption.state,
    machine: truth?.name ?? word?.name ?? '',
    wire: truth === null ? 'absent' : `${truth.wire} (${truth.powerState})`,
    word: word === null ? 'no row' : `${word.exempt ? 'exempt' : 'not exempt'} (${word.state})`,
    broken,
  };
}

/** What is not there is gone, or absent while nobody has said what became of it; moved away it is neither by itself. */
function brokenByAbsence({ state }: ExemptionWord, word: Word | null, isElsewhere: boolean): string | null {
  const isLooked = state === 'enabling' || state === 'effective';
  const isSaid = word !== null && ['gone', 'absent'].includes(word.state);
  return isLooked && !isElsewhere && !isSaid ? 'what is not there is gone' : null;
}

/** The first of the rules of docs/enforcement.md that one machine breaks; null where it breaks none. */
function brokenRule(
  exemption: ExemptionWord,
  truth: Truth,
  word: Word | null,
  rules: TruthRules,
): string | null {
  const { state } = exemption;
  if (state === 'effective' && truth.wire === 'closed') return 'effective means that every machine is open';
  const isOver = hasEnded(exemption) && !cameAfterTheEnd(truth, exemption, rules.clockMarginMs);
  if (isOver && truth.wire === 'open') return endedRule;
  if (word === null) return state === 'effective' ? 'every machine of an effective right is known' : null;
  if (word.state === 'gone') return 'what is gone is not there';
  if (word.exempt && truth.wire !== 'open') return 'exempt means that the wire is open';
  const isSettled = truth.powerState === 'running' && !['deallocating', 'starting'].includes(word.state);
  if (!word.exempt && isSettled && truth.wire === 'open' && !mayBeUnknown(exemption, truth, rules))
    return 'what is open is said to be exempt';
  return null;
}

/** What took its host within the clock margin of the gate's move may be unknown to Postern, and is then not exempt. */
function mayBeUnknown(exemption: ExemptionWord, truth: Truth, { clockMarginMs }: TruthRules): boolean {
  if (exemption.gateMovedAt === null) return true;
  return Math.abs(Date.parse(truth.tookHostAt) - Date.parse(exemption.gateMovedAt)) <= clockMarginMs;
}

export function tableOf(found: readonly Disagreement[]): string {
  const titles = { subscriptionId: 'subscription', exemption: 'exemption', machine: 'machine' };
  const header: Disagreement = { ...titles, wire: 'wire', word: 'Postern says', broken: 'but' };
  const keys = ['subscriptionId', 'exemption', 'machine', 'wire', 'word', 'broken'] as const;
  const widths = keys.map((key) => Math.max(...[header, ...found].map((row) => row[key].length)));
  return [header, ...found]
    .map((row) => keys.map((key, index) => row[key].padEnd(widths[index] ?? 0)).join('  '))
    .join('\n');
}
