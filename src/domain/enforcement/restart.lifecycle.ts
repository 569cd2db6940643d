import type { Effect } from '../effects.js';
import type { Lifecycle, Stamp, Transition } from '../lifecycle-table.js';
import type {
  AbsentSeen,
  Blocked,
  DeallocationBegun,
  FoundOtherwise,
  GaveUp,
  HeldBack,
  HostLost,
  PlanSuperseded,
  Planned,
  Retried,
  RestartEvent,
  SkipOrdered,
  StartResumed,
  StoppedLate,
  TroubleSeen,
} from './restart-events.js';
import { isMovedElsewhere } from './absence.js';
import type { Blocker, Restart, RestartState, StandingBlocker } from './restart.js';
import { isNotStoppedByUs, isStoppedByUs, onlyTheEndWaits, revocationSkipsNothing } from './restart-rules.js';

type Row<E> = Transition<RestartState, Restart, E>;
const byWorkers = ['system'] as const;

const standing = ({ code, message }: Blocker, { at }: Stamp): StandingBlocker => ({
  code,
  message,
  since: at,
});

const step = (next: Restart): readonly Effect[] => [{ type: 'restart-vm', restartId: next.id }];
const look = (next: Restart): readonly Effect[] => [
  { type: 'conduct-restarts', exemptionId: next.exemptionId },
];

const deallocationBegun: Row<DeallocationBegun> = {
  to: 'deallocating',
  by: byWorkers,
  onlyIf: [isNotStoppedByUs],
  set: () => ({ stoppedByUs: true, blocker: null }),
  effects: step,
};
const foundOtherwise: Row<FoundOtherwise> = {
  to: 'deallocating',
  by: byWorkers,
  set: (_current, { found }) => ({ found }),
};
const startResumed: Row<StartResumed> = {
  to: 'starting',
  by: byWorkers,
  onlyIf: [isStoppedByUs],
  set: () => ({ blocker: null }),
  effects: step,
};
const hostLost: Row<HostLost> = {
  to: ['starting', 'resting'],
  // What was running runs again; what was off, though allocated, rests: managed restarts restore what they found.
  choose: (current) => (current.found === 'stopped' ? 'resting' : 'starting'),
  by: byWorkers,
  set: (current) => ({ blocker: null, stoppedByUs: current.found !== 'stopped' }),
  effects: (next) => (next.state === 'starting' ? step(next) : look(next)),
};
const settled = (to: RestartState): Row<unknown> => ({
  to,
  by: byWorkers,
  set: () => ({ blocker: null, stoppedByUs: false }),
  effects: look,
});
/** Where the order itself was overtaken nobody may come to end it: the right may be over, and its machines proven. */
const heldBack: Row<HeldBack> = {
  ...settled('waiting'),
  to: ['waiting', 'superseded'],
  choose: (_current, { isOvertaken }) => (isOvertaken ? 'superseded' : 'waiting'),
};
const blocked: Row<Blocked> = {
  to: 'blocked',
  by: byWorkers,
  set: (_current, event, stamp) => ({ blocker: standing(event, stamp) }),
  // Somebody has to be told, and not at the next look whenever that may be.
  effects: look,
};
/** The cloud would not take the stop: the machine was not stopped, and is not ours to start. */
const stopRefused: Row<Blocked> = {
  ...blocked,
  set: (_current, event, stamp) => ({ blocker: standing(event, stamp), stoppedByUs: false }),
};
/** A stop of ours that was refused, because nothing is there, stopped nobody. */
const absentSeen: Row<AbsentSeen> = {
  to: 'absent',
  by: byWorkers,
  set: (_current, { blocker }, stamp) => ({
    blocker: blocker === null ? null : standing(blocker, stamp),
    stoppedByUs: false,
  }),
  effects: look,
};
const gaveUp: Row<GaveUp> = {
  to: 'failed',
  by: byWorkers,
  set: (_current, event, stamp) => ({ blocker: standing(event, stamp) }),
  effects: look,
};
/** Whoever retries a machine that was moved away says that it was dealt with where it is: nobody here can look. */
const retriedBlocked: Row<Retried> = {
  to: ['waiting', 'gone'],
  choose: (current) => (isMovedElsewhere(current) ? 'gone' : 'waiting'),
  by: ['platform'],
  set: (current) => ({ blocker: null, stoppedByUs: current.stoppedByUs && !isMovedElsewhere(current) }),
  effects: look,
};
const saidOfAbsent: Row<Retried> = {
  to: 'gone',
  by: ['platform'],
  onlyIf: [onlyTheEndWaits],
  set: () => ({ blocker: null, stoppedByUs: false }),
  effects: look,
};
const skipOrdered: Row<SkipOrdered> = {
  to: 'skipped',
  by: ['platform'],
  onlyIf: [revocationSkipsNothing],
  set: () => ({ blocker: null, stoppedByUs: false }),
};
const superseded: Row<PlanSuperseded> = {
  ...settled('superseded'),
  onlyIf: [isNotStoppedByUs],
  effects: () => [],
};
const troubleSeen = (to: RestartState): Row<TroubleSeen> => ({
  to,
  by: byWorkers,
  set: (_current, event, stamp) => ({ blocker: standing(event, stamp) }),
  effects: look,
});

const fromAll = <E>(
  states: readonly RestartState[],
  row: Row<E>,
): { readonly [F in RestartState]?: Row<E> } => Object.fromEntries(states.map((state) => [state, row]));

const working: readonly RestartState[] = ['waiting', 'deallocating', 'starting'];
const byOwnersHand: readonly RestartState[] = ['waiting', 'blocked', 'failed', 'skipped'];

/** A restart: one machine made to feel the gate. The table of docs/architecture.md. */
export const restartLifecycle: Lifecycle<RestartState, Restart, RestartEvent> = {
  name: 'restart',
  states: {
    waiting: {
      kind: 'working',
      patience: 'the sweep of its exemption: it begins when plan and window admit it',
    },
    deallocating: { kind: 'working', patience: '20 minutes an operation, then failed: waits for a human' },
    starting: {
      kind: 'working',
      patience: '20 minutes an operation; starts are tried again, at most 5 minutes apart',
    },
    blocked: {
      kind: 'working',
      patience: 'looked at again in every sweep; resumes by itself when the cause is gone',
    },
    failed: { kind: 'working', patience: 'waits for a human: retry or skip' },
    skipped: { kind: 'working', patience: 'watched until it is exempt, gone or resting by its owner’s hand' },
    absent: {
      kind: 'working',
      patience:
        'searched for in every look; holds up only the end of a right, and a human may say what became of it',
    },
    resting: { kind: 'settled' },
    restarted: { kind: 'final' },
    gone: { kind: 'final' },
    superseded: { kind: 'final' },
    'created-after': { kind: 'final' },
  },
  births: {
    planned: {
      to: ['waiting', 'blocked', 'absent', 'resting', 'restarted', 'created-after'],
      choose: (event) => event.as,
      by: byWorkers,
      make: ({ type: _type, as: _as, blocker, round = 1, ...event }: Planned, stamp) => ({
        ...event,
        round,
        blocker: blocker === null ? null : standing(blocker, stamp),
        stoppedByUs: false,
      }),
    },
    stoppedLate: {
      to: 'starting',
      by: byWorkers,
      make: ({ type: _type, ...event }: StoppedLate) => ({ ...event, blocker: null, stoppedByUs: true }),
      effects: step,
    },
  },
  transitions: {
    deallocationBegun: { waiting: deallocationBegun },
    foundOtherwise: { deallocating: foundOtherwise },
    heldBack: { deallocating: heldBack },
    startResumed: { waiting: startResumed },
    stillRunning: { waiting: settled('waiting') },
    hostLost: { deallocating: hostLost },
    running: fromAll(['deallocating', 'starting', 'resting'], settled('restarted')),
    blocked: {
      waiting: blocked,
      deallocating: stopRefused,
      starting: blocked,
      // By another cause than before: it went from the subscription meanwhile.
      blocked,
      failed: blocked,
    },
    unblocked: {
      blocked: { to: 'waiting', by: byWorkers, set: () => ({ blocker: null }), effects: look },
    },
    gaveUp: fromAll(working, gaveUp),
    retried: {
      failed: { to: 'waiting', by: ['platform'], set: () => ({ blocker: null }), effects: look },
      blocked: retriedBlocked,
      skipped: { to: 'waiting', by: ['platform'], set: () => ({ blocker: null }), effects: look },
      absent: saidOfAbsent,
    },
    skipOrdered: fromAll(['waiting', 'blocked', 'failed'], skipOrdered),
    planSuperseded: fromAll(['waiting', 'blocked', 'failed', 'skipped', 'absent', 'resting'], superseded),
    goneSeen: fromAll([...working, 'blocked', 'failed', 'skipped', 'absent', 'resting'], settled('gone')),
    absentSeen: {
      ...fromAll(['waiting', 'blocked', 'failed', 'skipped', 'resting'], {
        ...absentSeen,
        onlyIf: [isNotStoppedByUs],
      }),
      deallocating: absentSeen,
      absent: absentSeen,
    },
    foundAgain: { absent: settled('waiting') },
    createdHere: { waiting: { ...settled('created-after'), onlyIf: [isNotStoppedByUs] } },
    ownerStopped: fromAll(['deallocating', 'starting'], settled('resting')),
    ownerReleased: fromAll(byOwnersHand, { ...settled('resting'), onlyIf: [isNotStoppedByUs] }),
    ownerCycled: fromAll(byOwnersHand, settled('restarted')),
    troubleSeen: {
      starting: troubleSeen('starting'),
      deallocating: troubleSeen('deallocating'),
      waiting: troubleSeen('waiting'),
    },
  },
  repeats: {
    hostLost: 'ignored',
    running: 'ignored',
    blocked: 'ignored',
    goneSeen: 'ignored',
    planSuperseded: 'ignored',
    ownerReleased: 'ignored',
    ownerCycled: 'ignored',
    ownerStopped: 'ignored',
    createdHere: 'ignored',
    foundAgain: 'ignored',
    gaveUp: 'ignored',
  },
  invariants: {
    starting: (restart) => (restart.stoppedByUs ? null : 'starting a machine that we did not stop'),
    deallocating: (restart) => (restart.stoppedByUs ? null : 'deallocating without saying so'),
    blocked: (restart) => (restart.blocker === null ? 'blocked by nothing' : null),
    failed: (restart) => (restart.blocker === null ? 'failed for no reason' : null),
    skipped: (restart) => (restart.direction === 'revoke' ? 'skipped in a revocation' : null),
  },
};
