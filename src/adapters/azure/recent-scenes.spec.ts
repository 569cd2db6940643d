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
let recent: RecentScenes;
beforeEach(() => {
  scenes = new CountedScenes();
  now = 0;
  recent = new RecentScenes(scenes, () => now);
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

  it('are each subscription’s own, and not remembered without end', async () => {
    for (let index = 0; index < 501; index += 1) await recent.look(String(index), 3_000);
    await recent.look('500', 3_000);
    expect(scenes.asked).toHaveLength(501);
    await recent.look('0', 3_000);
    expect(scenes.asked).toHaveLength(502);
  });
});
