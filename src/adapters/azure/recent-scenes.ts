import { type RestartScene, RestartScenes } from '../../domain/ports/restart-scenes.js';

/** How long a look is shown to whoever asks again, in milliseconds: at most 4 looks a minute, of 6 calls and their pages. */
const goodForMs = 15_000;
/** Looks that are remembered; the one that was asked for longest ago is forgotten first. */
const keptAtMost = 500;

/**
 * One look for all who ask about a subscription within 15 seconds: whoever asks in a loop costs the cloud no more calls,
 * and takes none from a revocation of the same subscription (I16).
 */
export class RecentScenes extends RestartScenes {
  private readonly looks = new Map<
    string,
    { readonly scene: Promise<RestartScene>; readonly until: number; readonly withinMs: number }
  >();

  constructor(
    private readonly scenes: RestartScenes,
    private readonly now: () => number = () => performance.now(),
  ) {
    super();
  }

  override look(subscriptionId: string, withinMs: number): Promise<RestartScene> {
    const known = this.looks.get(subscriptionId);
    // Whoever waits for seconds does not share the look of somebody who waits for minutes.
    if (known !== undefined && known.until > this.now() && known.withinMs <= withinMs) return known.scene;
    const scene = this.scenes.look(subscriptionId, withinMs);
    this.looks.delete(subscriptionId);
    for (const oldest of this.looks.keys()) {
      if (this.looks.size < keptAtMost) break;
      this.looks.delete(oldest);
    }
    this.looks.set(subscriptionId, { scene, until: this.now() + goodForMs, withinMs });
    return scene;
  }
}
