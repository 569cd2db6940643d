import type { Machine } from './machine.js';
import { type Direction, type Restart, type RestartState, unfinishedRestartStates } from './restart.js';

/**
 * How bad it is. `down`: Postern stopped the machine and cannot start it, which is an incident. `failed`: it waits for an
 * engineer. `blocked`: it cannot be stopped, and goes on once the cause is gone.
 */
export type TroubleKind = 'down' | 'failed' | 'blocked';

/** Machines of one order that one cause keeps from going on: what is told of together. */
export interface Trouble {
  readonly kind: TroubleKind;
  readonly code: string;
  readonly direction: Direction;
  readonly fence: number;
  /** By name. */
  readonly restarts: readonly Restart[];
}

/** Machines that are in trouble, by kind, cause and order. */
export function troublesOf(
  restarts: readonly Restart[],
  machines: ReadonlyMap<string, Pick<Machine, 'powerState'>>,
): readonly Trouble[] {
  const found = new Map<string, Trouble>();
  for (const restart of restarts.toSorted((a, b) => a.name.localeCompare(b.name))) {
    const { blocker, direction, fence } = restart;
    if (blocker === null || !(restart.state === 'absent' || unfinishedRestartStates.includes(restart.state)))
      continue;
    const machine = machines.get(restart.vmId);
    // Seen running while its start is still asked after: it is out of it.
    if (restart.state === 'starting' && machine?.powerState === 'running') continue;
    const kind = kindOf(restart, machine);
    const trouble = { kind, code: blocker.code, direction, fence };
    const key = keyOf(trouble);
    found.set(key, { ...trouble, restarts: [...(found.get(key)?.restarts ?? []), restart] });
  }
  return [...found.values()];
}

function kindOf(restart: Restart, machine: Pick<Machine, 'powerState'> | undefined): TroubleKind {
  const isDown = restart.stoppedByUs && restart.state !== 'deallocating' && machine?.powerState !== 'running';
  if (isDown) return 'down';
  return restart.state === 'failed' ? 'failed' : 'blocked';
}

/** What the owner was told of one trouble, kept so that it is told once, and told when it is over. */
export interface ToldTrouble extends Pick<Trouble, 'kind' | 'code' | 'direction' | 'fence'> {
  readonly at: string;
  /** Machines in it at the last look, at the worst one, and when it was told. */
  readonly count: number;
  readonly most: number;
  readonly toldCount: number;
  /** The first of them, for the word that it is over. */
  readonly names: readonly string[];
  /** Restarts that were in it and are not through; a hundred at most. */
  readonly restartIds: readonly string[];
  /** Whether one of them came through, and did not merely end with its plan. */
  readonly helped: boolean;
  /** Whether one of them was left to its owner: nobody of ours starts it any more. */
  readonly left: boolean;
}

/** Something to tell of a trouble: that it began (or grew), or that it is over. */
export interface TroubleNews {
  readonly isOver: boolean;
  readonly isLeft: boolean;
  readonly trouble: Pick<Trouble, 'kind' | 'code' | 'direction' | 'fence'>;
  readonly count: number;
  readonly names: readonly string[];
}

const namedAtMost = 10;
const rememberedAtMost = 100;
/** An incident that takes more machines down is told again, once an hour. */
const toldAgainAfterMs = 3_600_000;

/**
 * What is new since the owner was told the last time, and what to remember of it. One word a trouble, however many
 * machines join it. It is over when every machine that was in it is through: one that is tried again is still in it, or a
 * lock would be told every 15 minutes.
 */
export function newsOfTroubles(
  told: readonly ToldTrouble[],
  troubles: readonly Trouble[],
  restarts: readonly Restart[],
  now: string,
): { readonly told: readonly ToldTrouble[]; readonly news: readonly TroubleNews[] } {
  const before = new Map(told.map((one) => [keyOf(one), one]));
  const present = new Set(troubles.map(keyOf));
  const byId = new Map(restarts.map((restart) => [restart.id, restart]));
  const keptOf = new Map(troubles.flatMap((one) => one.restarts.map(({ id }) => [id, keyOf(one)] as const)));
  const begun = troubles.map((trouble) => remembered(before.get(keyOf(trouble)), trouble, byId, now));
  const fading = told
    .filter((one) => !present.has(keyOf(one)))
    .map((one) => faded(one, byId, (id) => keptOf.has(id)));
  const over = fading.filter((one) => one.restartIds.length === 0);
  return {
    told: [...begun.map(({ kept }) => kept), ...fading.filter((one) => one.restartIds.length > 0)],
    news: [
      ...begun.flatMap(({ kept, isNews }, index) => (isNews ? [newsOf(kept, troubles[index])] : [])),
      ...over.filter(({ helped }) => helped).map((one) => newsOf(one, undefined)),
    ],
  };
}

function newsOf(told: ToldTrouble, trouble: Trouble | undefined): TroubleNews {
  const names = trouble?.restarts.map(({ name }) => name) ?? told.names;
  return {
    isOver: trouble === undefined,
    isLeft: trouble === undefined && told.left,
    trouble: { kind: told.kind, code: told.code, direction: told.direction, fence: told.fence },
    count: trouble === undefined ? told.most : told.count,
    names: names.slice(0, namedAtMost),
  };
}

function remembered(
  before: ToldTrouble | undefined,
  trouble: Trouble,
  byId: ReadonlyMap<string, Restart>,
  now: string,
): { readonly kept: ToldTrouble; readonly isNews: boolean } {
  const { kind, code, direction, fence, restarts } = trouble;
  const count = restarts.length;
  const isNews = before === undefined || hasGrown(before, count, now);
  const stillIn = (before?.restartIds ?? []).filter((id) => !isThrough(byId.get(id), kind));
  const ids = new Set([...stillIn, ...restarts.map(({ id }) => id)]);
  const names = new Set([...(before?.names ?? []), ...restarts.map(({ name }) => name)]);
  const kept = {
    ...{ kind, code, direction, fence, count },
    at: isNews ? now : before.at,
    most: Math.max(count, before?.most ?? 0),
    toldCount: isNews ? count : before.toldCount,
    names: [...names].slice(0, namedAtMost),
    restartIds: [...ids].slice(0, rememberedAtMost),
    ...endedWell(before, kind, byId),
  };
  return { kept, isNews };
}

function hasGrown(before: ToldTrouble, count: number, now: string): boolean {
  const since = Date.parse(now) - Date.parse(before.at);
  return before.kind === 'down' && count > before.toldCount && since >= toldAgainAfterMs;
}

/** One that nothing is in at this look: over, or tried again. */
function faded(
  told: ToldTrouble,
  byId: ReadonlyMap<string, Restart>,
  isInAnother: (id: string) => boolean,
): ToldTrouble {
  const left = told.restartIds.filter((id) => !isInAnother(id) && !isThrough(byId.get(id), told.kind));
  return { ...told, count: 0, restartIds: left, ...endedWell(told, told.kind, byId) };
}

function endedWell(
  told: ToldTrouble | undefined,
  kind: TroubleKind,
  byId: ReadonlyMap<string, Restart>,
): Pick<ToldTrouble, 'helped' | 'left'> {
  const restarts = (told?.restartIds ?? []).map((id) => byId.get(id));
  const ended = restarts.flatMap((one) => (isThrough(one, kind) ? [one?.state ?? 'superseded'] : []));
  return {
    helped: told?.helped === true || ended.some((state) => state !== 'superseded'),
    left: told?.left === true || ended.some((state) => state === 'skipped' || state === 'resting'),
  };
}

const throughStates: readonly RestartState[] = [
  'restarted',
  'resting',
  'gone',
  'skipped',
  'superseded',
  'created-after',
];

/** A machine that could not be stopped is through once it is stopped; one that could not be started, once it runs. */
function isThrough(restart: Restart | undefined, kind: TroubleKind): boolean {
  if (restart === undefined || throughStates.includes(restart.state)) return true;
  return kind !== 'down' && restart.state === 'starting' && restart.blocker === null;
}

function keyOf({ kind, code, direction, fence }: Pick<Trouble, 'kind' | 'code' | 'direction' | 'fence'>) {
  return [kind, code, direction, fence].join(' ');
}
