import type { Effect } from '../domain/effects.js';
import { humanNeed, takesEngineer } from '../domain/enforcement/human-need.js';
import type { Machine } from '../domain/enforcement/machine.js';
import { isOriginPending } from '../domain/enforcement/origin.js';
import { missingOf, remind } from '../domain/enforcement/reminders.js';
import { type Blocker, isInFlight, type Restart } from '../domain/enforcement/restart.js';
import { presentRestarts } from '../domain/enforcement/situation.js';
import { namesOf, subjectOf } from '../domain/enforcement/subject-words.js';
import { type TroubleNews, newsOfTroubles, troublesOf } from '../domain/enforcement/troubles.js';
import type { Exemption } from '../domain/exemption/exemption.js';
import { type Gate, isSettled } from '../domain/gate/gate.js';
import type { Instant } from '../domain/instants.js';
import type { ConductNote } from '../domain/ports/record-stores.js';
import type { Settings } from '../domain/ports/settings.js';
import type { ToldEntry } from '../domain/ports/told-entry.js';
import type { Transaction } from '../domain/ports/unit-of-work.js';

/** What is known of an exemption's machines when it is asked what its owner should know. */
export interface OwnersMatters {
  readonly exemption: Exemption;
  readonly gate: Gate | null;
  readonly restarts: readonly Restart[];
  readonly machines: readonly Machine[];
  readonly now: Instant;
  /** What calls a human besides its machines; null where nothing does. */
  readonly otherNeed: Blocker | null;
}

type Rules = Pick<
  Settings,
  'operationDeadlineMs' | 'remindAfterMs' | 'remindEveryMs' | 'logLateMs' | 'clockMarginMs'
>;

/**
 * Tells the owner, in the present transaction, what they do not know yet: trouble once however many machines are in it,
 * that it is over, and what is missing while an observed exemption waits for them. Answers with the note that remembers
 * it (invariant I10), and since when and why a support engineer is needed.
 */
export async function tellOwner(
  tx: Transaction,
  matters: OwnersMatters,
  note: ConductNote,
  rules: Rules,
): Promise<ConductNote> {
  const { exemption, restarts, now } = matters;
  const machines = new Map(matters.machines.map((machine) => [machine.vmId, machine]));
  const troubles = troublesOf(restarts, machines);
  const { told, news } = newsOfTroubles(note.told.troubles, troubles, restarts, now);
  for (const one of news) await tx.timeline.tell(lineOf(exemption, one));
  await tx.effects.add(news.flatMap((one) => callFor(exemption, one)));
  const need =
    humanNeed(exemption, matters.gate, troubles, { now, deadlineMs: rules.operationDeadlineMs }) ??
    matters.otherNeed;
  return {
    ...note,
    humanNeededSince: need === null ? null : (note.humanNeededSince ?? now),
    humanNeededFor: need,
    told: { troubles: told, reminders: await tellMissing(tx, matters, machines, note, rules) },
  };
}

/**
 * Reminds where the owner was asked to restart the machines; whatever ends the waiting starts the times anew. Of a machine
 * that is closed again in an exemption that was effective already nobody was asked yet: that is told at once.
 */
async function tellMissing(
  tx: Transaction,
  { exemption, gate, restarts, now }: OwnersMatters,
  machines: ReadonlyMap<string, Machine>,
  note: ConductNote,
  rules: Rules,
): Promise<ConductNote['told']['reminders']> {
  const isAgain = exemption.state === 'effective';
  const asksOwner = (isAgain || exemption.state === 'enabling') && exemption.restartPlan.mode === 'observed';
  if (!asksOwner || gate === null || !isSettled(gate) || gate.fence !== exemption.fence) return null;
  const { logLateMs, clockMarginMs } = rules;
  const origin = { gate, now, logWasAsked: true, logLateMs, clockMarginMs };
  // Of a machine that is new nobody asks anything before the log had its time to tell that it was created here.
  const present = presentRestarts({ exemption, restarts }).filter(({ vmId }) => {
    const machine = machines.get(vmId);
    return machine === undefined || !isOriginPending(machine, origin);
  });
  // What Postern has begun in an effective exemption it ends by itself.
  const missing = missingOf(isAgain ? present.filter((one) => !isInFlight(one)) : present, machines);
  if (missing.count === 0) return isAgain ? null : note.told.reminders;
  const times = isAgain ? { ...rules, remindAfterMs: [0, ...rules.remindAfterMs] } : rules;
  const { reminded, isDue } = remind(note.told.reminders, { fence: exemption.fence, now }, times);
  if (!isDue) return reminded;
  const named = ({ count, names }: { readonly count: number; readonly names: readonly string[] }) =>
    namesOf(count, names);
  const facts = {
    missing: missing.count,
    running: named(missing.running),
    shutDown: named(missing.shutDown),
    others: named(missing.others),
    exemptionId: exemption.id,
    reminder: reminded.count,
  };
  const code = isAgain ? 'closed-again' : 'owner-restarts';
  await tx.timeline.tell({ ...toOwner(exemption), event: 'machines-missing', code, facts });
  return reminded;
}

function lineOf(exemption: Exemption, { isOver, isLeft, trouble, count, names }: TroubleNews): ToldEntry {
  const { kind, code, direction } = trouble;
  const event = isOver ? 'machines-through' : `machines-${kind}`;
  const facts = { machines: subjectOf(count, names), count, direction, kind, left: isLeft };
  // That something merely goes on again is told in the history; a mail is due where it was an incident.
  return { ...toOwner(exemption), event, code, facts, mailed: !isOver || kind === 'down' };
}

/** An engineer is called in the commit that tells the owner: once a trouble, and again where an incident grows. */
function callFor({ id: exemptionId }: Exemption, { isOver, trouble }: TroubleNews): readonly Effect[] {
  if (isOver || !takesEngineer(trouble)) return [];
  const { kind, code, direction, fence } = trouble;
  return [{ type: 'call-engineer', exemptionId, trouble: kind, code, direction, fence }];
}

/** Where a line goes that an exemption's owner is told by the platform, by mail too where nothing else is said. */
export function toOwner({ requestId, tenantId }: Pick<Exemption, 'requestId' | 'tenantId'>) {
  return { requestId, tenantId, by: 'platform', actorTenantId: null, mailed: true } as const;
}
