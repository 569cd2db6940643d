import { type Audience, type ReasonSetting, isReasonCode, presentReason } from './reason-codes.js';
import type { ToldEntry } from './ports/told-entry.js';
import { ofMachines } from './told-machine-texts.js';

/** A line of history in words for its reader. */
export interface ToldLine {
  readonly message: string;
  readonly code: string | null;
}

type Sentence = (entry: ToldEntry) => string;

const fact = (entry: ToldEntry, name: string): string => String(entry.facts[name] ?? '');
const machine = (entry: ToldEntry): string => fact(entry, 'machine');
const toClose = (entry: ToldEntry): boolean => entry.facts.direction === 'revoke';

/** What happened to a request, its exemption and its gate. Each says what comes next where something does. */
const ofRequest: Readonly<Record<string, Sentence>> = {
  submitted: (entry) =>
    `The request was filed. ${fact(entry, 'checks')} checks look at it now; then somebody decides.`,
  'review-begun': () => 'The checks have ended, and the request waits for a support engineer.',
  'checks-repeated': () => 'The checks look once more.',
  'information-requested': (entry) =>
    `A question was asked. Answer it by ${fact(entry, 'answerBy')}, or the request lapses.`,
  'information-given': () => 'The question was answered; the checks look once more.',
  'second-review-begun': () =>
    'One support engineer approved; a second one has to look before it is decided.',
  approved: (entry) =>
    entry.facts.byRule === true
      ? 'The request was granted by the policy’s own rule.'
      : 'The request was approved. It takes effect when the machines have been stopped (deallocated) and started.',
  denied: () => 'The request was denied.',
  withdrawn: () => 'The request was withdrawn.',
  'ended-by-policy': () => 'The request ended without a decision.',
  'suspended-further': () => 'Something else was seen that speaks against the suspended exemption.',
  'subscription-moved': () =>
    'What becomes of the subscription and its machines from here on is not shown here any more.',
  lapsed: () =>
    'The question was not answered in time, and the request lapsed. File a new one when you can answer.',
  enabling: (entry) =>
    entry.facts.mode === 'managed'
      ? 'The exemption begins: the gate opens, then Postern stops and starts the machines that need it as the plan says.'
      : 'The exemption begins: the gate opens; then stop (deallocate) and start each machine that is not exempt yet, or set the plan to "managed".',
  effective: () =>
    'The exemption is effective: every machine is exempt, gone, or takes the open position at its next start.',
  suspended: (entry) =>
    entry.facts.closeRunning === true
      ? 'The exemption was suspended. The gate closes, and every machine that is still open then is stopped (deallocated) and started to close it.'
      : 'The exemption was suspended. The gate closes, and machines that run are left alone; the exemption says how many are still open.',
  reinstated: () =>
    'The exemption was reinstated. Only machines that were started meanwhile have to be stopped and started again.',
  'revocation-ordered': () =>
    'The exemption was revoked. The gate closes, and every machine that is still open then is stopped (deallocated) and started to close it.',
  revoked: () => 'The revocation is complete: every machine is closed.',
  expiring: () => 'The exemption reached its date. The gate closes, and every machine is closed.',
  expired: () => 'The exemption has expired.',
  'restart-plan-changed': (entry) => `The restart plan is "${fact(entry, 'mode')}" now.`,
  'gate-opened': (entry) =>
    entry.facts.appliesTo === 'running'
      ? `The gate opened at ${fact(entry, 'movedAt')}, for machines that run, too.`
      : `The gate opened at ${fact(entry, 'movedAt')}. A machine feels it when it next takes a host.`,
  'gate-closed': (entry) => `The gate closed at ${fact(entry, 'movedAt')}.`,
  'gate-disputed': () =>
    'The gate could not be moved. This needs an operator of the platform, and stands in their list; there is nothing for you to do.',
};

/** What happened to one machine. */
const ofMachine: Readonly<Record<string, Sentence>> = {
  'machine-waiting': (entry) =>
    toClose(entry)
      ? `${machine(entry)} waits to be stopped and started, to close it.`
      : `${machine(entry)} has to be stopped (deallocated) and started.`,
  'machine-deallocating': (entry) => `${machine(entry)} is being stopped (deallocated) by Postern.`,
  'machine-held-back': (entry) =>
    `${machine(entry)} was not stopped after all: the plan was interrupted before the cloud took the order.`,
  'machine-deallocated': (entry) => `${machine(entry)} has lost its host.`,
  'machine-stopped-late': (entry) =>
    `${machine(entry)} was stopped once more by a call of Postern's that came late, and is started again.`,
  'machine-starting': (entry) => `${machine(entry)} is being started by Postern.`,
  'machine-restarted': (entry) =>
    toClose(entry) ? `${machine(entry)} is closed.` : `${machine(entry)} is exempt.`,
  'machine-resting': (entry) =>
    `${machine(entry)} holds no host; it takes the gate's position at its next start.`,
  'machine-blocked': (entry) => `The restart of ${machine(entry)} is blocked; see its row for what to do.`,
  'machine-failed': (entry) =>
    `${machine(entry)} did not come through; this needs a support engineer, and its row says what you can do.`,
  'machine-trouble': (entry) =>
    `${machine(entry)} has trouble; Postern keeps trying. See its row for what may help.`,
  'machine-skipped': (entry) =>
    `${machine(entry)} is left alone on an engineer's order: stop (deallocate) and start it yourself; if it is off, start it.`,
  'machine-absent': (entry) =>
    toClose(entry)
      ? `${machine(entry)} is not where it was, and not known to be gone: it is searched for in every subscription that Postern may see, and the right is not ended before it is closed or gone.`
      : `${machine(entry)} is not where it was, and not known to be gone. It holds nothing up while the right is enabled.`,
  'machine-gone': (entry) => `${machine(entry)} is gone.`,
  'machine-created-after': (entry) =>
    `${machine(entry)} was created after the gate moved, and needs nothing.`,
};

/** The words for one entry; an event that a later version wrote is told by its name. */
export function tell(entry: ToldEntry, audience: Audience): ToldLine {
  const sentence = ofRequest[entry.event] ?? ofMachine[entry.event] ?? ofMachines[entry.event];
  const message = sentence?.(entry) ?? entry.event.replaceAll('-', ' ');
  if (entry.code === null || !isReasonCode(entry.code)) return { message, code: entry.code };
  const reason = presentReason(entry.code, audience, settingOf(entry));
  return { message: `${message} ${reason.message} ${reason.nextStep}`, code: reason.code };
}

/** In which decision a code was given: each event with a code of the catalogue is one of them. */
function settingOf({ event, facts }: ToldEntry): ReasonSetting {
  const { applyAgainOn, waitDays } = facts;
  const given = {
    applyAgainOn: typeof applyAgainOn === 'string' ? applyAgainOn : null,
    waitDays: typeof waitDays === 'number' ? waitDays : null,
  };
  if (event === 'denied') return { occasion: 'denial', ...given };
  return { occasion: event === 'suspended' ? 'suspension' : 'revocation', ...given };
}
