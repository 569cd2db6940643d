import type { Json } from '../../launch/demo/desk.js';
import type { ExemptionWord, Word } from './word.js';

/** A machine as only the emulated cloud knows it, in whatever subscription it lies. */
export interface Truth {
  readonly subscriptionId: string;
  readonly vmId: string;
  readonly name: string;
  readonly wire: string;
  readonly powerState: string;
  readonly tookHostAt: string;
  /** The subscription under whose gate it took its host: a move to another one changes nothing of it. */
  readonly tookHostIn: string;
  /** Since when it lies in its subscription. */
  readonly hereSince: string;
}

/** What every machine of every subscription carries; and which subscriptions there are. */
export interface Everywhere {
  readonly subscriptions: ReadonlySet<string>;
  readonly machines: readonly Truth[];
}

/** Reads `GET /_control/port25`. */
export function everywhereOf(body: Json): Everywhere {
  const all = body.at('subscriptions').items;
  return {
    subscriptions: new Set(all.map((one) => one.at('subscriptionId').text)),
    machines: all.flatMap((one) => {
      const subscriptionId = one.at('subscriptionId').text;
      return one.at('virtualMachines').items.map((machine) => truthOf(subscriptionId, machine));
    }),
  };
}

function truthOf(subscriptionId: string, one: Json): Truth {
  return {
    subscriptionId,
    vmId: one.at('vmId').text,
    name: one.at('name').text,
    wire: one.at('port25').text,
    powerState: one.at('powerState').text.replace('PowerState/', ''),
    tookHostAt: one.at('tookHostAt').text,
    tookHostIn: one.at('tookHostUnder', 'subscriptionId').text,
    hereSince: one.at('hereSince').text,
  };
}

const ended: readonly string[] = ['revoked', 'expired'];
export const hasEnded = ({ state }: Pick<ExemptionWord, 'state'>) => ended.includes(state);

/** Whether a machine came from elsewhere, after a right had ended where it lies now: that right is not about it. */
export function cameAfterTheEnd(
  { subscriptionId, tookHostIn, hereSince }: Truth,
  { endedAt }: Pick<ExemptionWord, 'endedAt'>,
  clockMarginMs: number,
): boolean {
  if (tookHostIn === subscriptionId || endedAt === null) return false;
  return Date.parse(hereSince) > Date.parse(endedAt) + clockMarginMs;
}

/**
 * Which of the promises of a right's end an open machine breaks, wherever it lies; null where it breaks none (I19). The
 * exemptions are those of the subscription under whose gate it took its host, the newest first. `word` is what the newest
 * one's page says of it; undefined where that is not looked at.
 */
export function brokenByOpenHost(
  truth: Truth,
  exemptions: readonly ExemptionWord[],
  word: Word | null | undefined,
  clockMarginMs: number,
): string | null {
  const [latest, ...earlier] = exemptions;
  if (truth.wire !== 'open' || latest === undefined) return null;
  const isElsewhere = truth.subscriptionId !== latest.subscriptionId;
  if (hasEnded(latest)) return isElsewhere ? 'ended means that no machine is open, wherever it is' : null;
  const before = Date.parse(latest.grantedAt) - clockMarginMs;
  if (earlier.some(hasEnded) && Date.parse(truth.tookHostAt) < before)
    return 'an earlier right that ended left no machine open, wherever it is';
  if (!isElsewhere || word === undefined) return null;
  if (word === null) return 'what was moved away open is on the page of its exemption';
  return word.state === 'gone' ? 'what is open elsewhere is not gone' : null;
}
