import { afterLook, type KeptPreview, mostKept, nextLookAt, shownPreview } from './kept-preview.js';
import { addresses, at, broken, machine, sceneOf, tenantId } from './preview.examples.js';
import { outlookOn } from './restart-outlook.js';
import { defaultRestartPlan } from './restart-plan.js';
import type { RestartScene } from '../ports/restart-scenes.js';

const whose = { requestId: 'r', tenantId };
const many = Array.from({ length: 10_000 }, (_, n) => machine(`mx${String(n)}`));
const look = (scene: RestartScene) => outlookOn(scene, { tenantId, at, mostShown: mostKept });
const seen = look(sceneOf([machine('mx1'), machine('mx2'), machine('mx3')]));
const silent = look(sceneOf([], { machines: broken('http-503') }));
const throttled = look(sceneOf([], { machines: broken('no-token') }));
const elsewhere = look(
  sceneOf([machine('mx1')], {
    subscription: { kind: 'found', state: 'Enabled', tenantId: 'another', tags: {} },
  }),
);
const managed = { ...defaultRestartPlan, mode: 'managed' } as const;

/** What is kept after these looks, one after another. */
const after = (...looks: readonly (typeof seen)[]): KeptPreview =>
  looks.reduce<KeptPreview | null>((kept, one) => afterLook(whose, kept, one), null) ?? fail();
function fail(): never {
  throw new Error('nobody looked');
}
const waitMinutes = (kept: KeptPreview) => (Date.parse(nextLookAt(kept, at)) - Date.parse(at)) / 60_000;

describe('a preview that is kept', () => {
  it('is told by the plan as it is when it is read, whatever the plan was when it was made', () => {
    const kept = after(seen);
    expect(shownPreview(kept, managed).preview?.duration).toMatchObject({ waves: 3 });
    const wider = { ...managed, maxUnavailable: 3, canary: false };
    expect(shownPreview(kept, wider).preview).toMatchObject({ lookedAt: at, duration: { waves: 1 } });
    expect(JSON.stringify(shownPreview(kept, wider))).not.toContain('limits');
  });

  it('is nothing, and no excuse, while nobody has looked', () => {
    expect(shownPreview(null, managed)).toEqual({ preview: null, previewUnavailable: null });
  });

  it('stays with its age where the cloud did not answer afterwards, and says so (I17)', () => {
    const shown = shownPreview(after(seen, silent), managed);
    expect(shown.preview?.lookedAt).toBe(at);
    expect(shown.previewUnavailable).toMatchObject({ code: 'cloud-did-not-answer' });
    expect(shownPreview(after(seen, silent, seen), managed).previewUnavailable).toBeNull();
  });

  it('goes at once where the subscription is somebody else’s by now (OWASP API1)', () => {
    const kept = after(seen, elsewhere);
    expect(JSON.stringify(kept)).not.toContain('mx1');
    expect(shownPreview(kept, managed)).toMatchObject({
      preview: null,
      previewUnavailable: { code: 'subscription-in-another-tenant' },
    });
  });

  it('says that the cloud is busy where the budget has no token for it', () => {
    expect(shownPreview(after(throttled), managed).previewUnavailable?.code).toBe('cloud-busy');
  });

  it('is made again after a day; sooner and ever later where nothing was seen, and that six times', () => {
    expect(waitMinutes(after(seen))).toBe(1_440);
    const waits = Array.from({ length: 8 }, (_, n) => waitMinutes(after(...Array(n + 1).fill(silent))));
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 1_440, 1_440]);
    expect(waitMinutes(after(silent, silent, seen))).toBe(1_440);
  });

  it('has a bounded size, of however many machines it tells (I16)', () => {
    const scene = sceneOf(
      many.map((one) => ({ ...one, size: 'Standard_D2s_v3' })),
      { publicAddresses: addresses(many, 'dynamic') },
    );
    const kept = after(look(scene));
    expect(kept.outlook?.losesAddress).toMatchObject({ count: 10_000, truncated: true });
    expect(kept.outlook?.losesAddress?.machines).toHaveLength(25);
    expect(JSON.stringify(kept).length).toBeLessThan(32_000);
  });
});
