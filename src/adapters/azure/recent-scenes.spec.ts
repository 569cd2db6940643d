import { type RestartScene, RestartScenes } from '../../domain/ports/restart-scenes.js';
import { RecentScenes } from './recent-scenes.js';

class CountedScenes extends RestartScenes {
  readonly asked: string[] = [];

  override look(subscriptionId: string): Promise<RestartScene> {
    this.asked.push(subscriptionId);
    return Promise.resolve({} as RestartScene);
  }
}

let scenes: CountedScenes;
let now: number;
let later: { readonly at: number; readonly run: () => void }[];
let recent: RecentScenes;
beforeEach(() => {
  scenes = new CountedScenes();
  now = 0;
  later = [];
  recent = new RecentScenes(scenes, {
    now: () => now,
    after: (milliseconds, run) => void later.push({ at: now + milliseconds, run }),
  });
});

describe('looks at what a restart plan would meet', () => {
  it('are one look for all who ask within 15 seconds, however often they ask (I16)', async () => {
    const looks = Array.from({ length: 1_000 }, () => recent.look('a', 3_000));
    expect(new Set(await Promise.all(looks)).size).toBe(1);
    now = 14_999;
    await recent.look('a', 3_000);
    expect(scenes.asked).toEqual(['a']);
    now = 15_000;
    await recent.look('a', 3_000);
    expect(scenes.asked).toEqual(['a', 'a']);
  });

  it('are shared by the more patient only: nobody waits longer than they said', async () => {
    await recent.look('a', 60_000);
    await recent.look('a', 3_000);
    await recent.look('a', 60_000);
    expect(scenes.asked).toEqual(['a', 'a']);
  });

  it('are taken anew for whoever asks what a restart has changed', async () => {
    await recent.look('a', 60_000);
    await recent.lookAnew('a', 60_000);
    expect(scenes.asked).toEqual(['a', 'a']);
  });

  it('are each subscription’s own, and not remembered without end', async () => {
    for (let index = 0; index < 21; index += 1) await recent.look(String(index), 3_000);
    await recent.look('20', 3_000);
    expect(scenes.asked).toHaveLength(21);
    await recent.look('0', 3_000);
    expect(scenes.asked).toHaveLength(22);
  });

  it('are forgotten when they are too old to be shown, whether anybody asks again or not (B8)', async () => {
    const first = recent.look('a', 3_000);
    expect(later.map(({ at }) => at)).toEqual([15_000]);
    now = 10_000;
    // Somebody less patient has a look of their own: the end of the first does not take it from them.
    const second = recent.look('a', 1_000);
    expect(second).not.toBe(first);
    now = 15_000;
    later[0]?.run();
    expect(recent.look('a', 1_000)).toBe(second);
    // The clock stands still for whoever asks, so that only what was forgotten is looked at anew.
    later[1]?.run();
    expect(recent.look('a', 1_000)).not.toBe(second);
    await Promise.all([first, second]);
  });
});
