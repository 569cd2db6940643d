import fc from 'fast-check';
import { addMilliseconds } from '../instants.js';
import type { PowerState } from '../ports/compute-control-plane.js';
import { aGate, aSighting, started } from './enforcement.examples.js';
import type { Machine } from './machine.js';
import { isOldNews } from './old-news.js';
import { observe } from './physics.js';
import type { Seen } from './step.js';

const clockMarginMs = 300_000;
const rules = { clockMarginMs, firstListedAt: null };
const acts = [
  'open',
  'close',
  'owner-stop',
  'owner-start',
  'owner-shut-down',
  'our-stop',
  'our-start',
  'look',
  'read',
  'wait',
] as const;
type Act = (typeof acts)[number];

interface Pending {
  readonly powerState: 'running' | 'deallocated';
  readonly orderedUnder: number;
  readonly endedAt: string;
}

/** One machine, its gate, and what Postern knows: it looks seldom, and learns late that an operation of its own ended. */
class Story {
  position: 'open' | 'closed' = 'open';
  gate = aGate({ state: 'open', fence: 1 });
  carried: 'open' | 'closed' | 'off' = 'closed';
  isShutDown = false;
  at = addMilliseconds(started, 1_000);
  pending: Pending | null = null;
  machine: Machine | null = null;

  act(act: Act): void {
    this.at = addMilliseconds(this.at, act === 'wait' ? clockMarginMs : 10_000);
    if (act === 'open' || act === 'close') this.move(act === 'open' ? 'open' : 'closed');
    if (act === 'owner-stop') this.carried = 'off';
    if (act === 'owner-start') this.takeHost();
    if (act === 'owner-shut-down') this.isShutDown = true;
    if (act === 'our-stop' || act === 'our-start') this.order(act);
    if (act === 'look') this.look();
    if (act === 'read') this.read();
  }

  private move(position: 'open' | 'closed'): void {
    this.position = position;
    const moved = { confirmedAt: this.at, movedAt: this.at, firstOpenedFence: 1 };
    this.gate = aGate({ state: position, fence: this.gate.fence + 1, ...moved });
  }

  private takeHost(): void {
    if (this.carried === 'off') this.carried = this.position;
    this.isShutDown = false;
  }

  private order(act: 'our-stop' | 'our-start'): void {
    if (act === 'our-stop') this.carried = 'off';
    else this.takeHost();
    const powerState = act === 'our-stop' ? 'deallocated' : 'running';
    this.pending = { powerState, orderedUnder: this.gate.fence, endedAt: this.at };
  }

  private power(): PowerState {
    if (this.carried === 'off') return 'deallocated';
    return this.isShutDown ? 'stopped' : 'running';
  }

  private look(): void {
    this.fold({ powerState: this.power(), proof: 'look', at: this.at, lookedAt: this.at });
  }

  /** As a step does: what ended, and what a look shows after that where it is old news. */
  private read(): void {
    if (this.pending === null) return;
    const { powerState, endedAt, orderedUnder } = this.pending;
    const seen: Seen = { powerState, proof: 'operation', at: endedAt, lookedAt: this.at };
    this.fold(seen, orderedUnder);
    const { gate } = this;
    if (isOldNews(seen, { plannedUnder: orderedUnder, gate, clockMarginMs })) this.look();
    this.pending = null;
  }

  private fold(seen: Seen, orderedUnder?: number): void {
    const kind = seen.proof === 'operation' ? 'own-operation' : 'sampled';
    const { powerState, at, lookedAt } = seen;
    const under = orderedUnder === undefined ? {} : { orderedUnder };
    const sighting = aSighting({ powerState, at, seenAt: lookedAt, kind, ...under });
    this.machine = observe(this.machine, sighting, this.gate, rules).machine;
  }
}

describe('ends of our own operations that are read late', () => {
  it('prove no position under the present gate that the machine does not have, in any order of acts (I6, I7)', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...acts), { maxLength: 30 }), (sequence) => {
        const story = new Story();
        for (const act of sequence) {
          story.act(act);
          const { machine, gate, carried, position } = story;
          const isProven = machine?.host === 'held' && machine.carriesFence === gate.fence;
          if (isProven && carried !== 'off') expect(carried).toBe(position);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('prove the position of a cycle that nobody disturbed', () => {
    const story = new Story();
    for (const act of [
      'look',
      'our-stop',
      'wait',
      'wait',
      'read',
      'our-start',
      'wait',
      'wait',
      'read',
    ] as const)
      story.act(act);
    expect(story.machine).toMatchObject({ host: 'held', carries: 'open', carriesFence: 1 });
  });
});
