import { type RestartScene, RestartScenes } from '../../domain/ports/restart-scenes.js';

/** How long a look is shown to whoever asks again, in milliseconds: at most 4 looks a minute, of 6 calls and their pages. */
const goodForMs = 15_000;
/** Looks that are remembered, of some 200 KiB for 500 machines; the one that was asked for longest ago is forgotten first. */
const keptAtMost = 20;

/** When it is, in milliseconds of any beginning, and what is to be done later; a test gives its own. */
export interface SceneClock {
  now(): number;
  after(milliseconds: number, run: () => void): void;
}

const ownClock: SceneClock = {
  now: () => performance.now(),
  after: (milliseconds, run) => void setTimeout(run, milliseconds).unref(),
};

interface KeptLook {
  readonly scene: Promise<RestartScene>;
  readonly number: number;
  readonly until: number;
  readonly withinMs: number;
}

/**
 * One look for all who ask about a subscription within 15 seconds: whoever asks in a loop costs the cloud no more calls,
 * and takes none from a revocation of the same subscription (I16).
 */
export class RecentScenes extends RestartScenes {
  private readonly looks = new Map<string, KeptLook>();
  private last = 0;

  constructor(
    private readonly scenes: RestartScenes,
    private readonly clock: SceneClock = ownClock,
  ) {
    super();
  }

  override look(subscriptionId: string, withinMs: number): Promise<RestartScene> {
    const known = this.looks.get(subscriptionId);
    // Whoever waits for seconds does not share the look of somebody who waits for minutes.
    if (known !== undefined && known.until > this.clock.now() && known.withinMs <= withinMs)
      return known.scene;
    const scene = this.scenes.look(subscriptionId, withinMs);
    this.looks.delete(subscriptionId);
    for (const oldest of this.looks.keys()) {
      if (this.looks.size < keptAtMost) break;
      this.looks.delete(oldest);
    }
    const number = (this.last += 1);
    this.looks.set(subscriptionId, { scene, number, until: this.clock.now() + goodForMs, withinMs });
    this.clock.after(goodForMs, () => this.forget(subscriptionId, number));
    return scene;
  }

  override lookAnew(subscriptionId: string, withinMs: number): Promise<RestartScene> {
    return this.scenes.lookAnew(subscriptionId, withinMs);
  }

  /** By its number: whoever waits to forget a look must not hold it, for it describes every machine. */
  private forget(subscriptionId: string, number: number): void {
    if (this.looks.get(subscriptionId)?.number === number) this.looks.delete(subscriptionId);
  }
}
