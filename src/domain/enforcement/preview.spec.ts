import type { RestartScene } from '../ports/restart-scenes.js';
import { addresses, at, broken, machine, powers, sceneOf, tenantId, whole } from './preview.examples.js';
import { previewRestarts, type RestartPreview } from './preview.js';
import { defaultRestartPlan, type RestartPlan } from './restart-plan.js';
import { hasTemporaryDisk } from './temporary-disk.js';

const managed: RestartPlan = { ...defaultRestartPlan, mode: 'managed' };
function preview(scene: RestartScene, plan: RestartPlan = managed): RestartPreview {
  const { preview: shown } = previewRestarts(scene, plan, { tenantId, at });
  if (shown === null) throw new Error('there is no preview');
  return shown;
}
const codes = ({ unknown }: RestartPreview) => unknown.map(({ code }) => code);

describe('the preview of a restart plan says of public addresses', () => {
  const mx1 = machine('mx1');

  it('which machine would lose a dynamic one, and what to do before', () => {
    const shown = preview(sceneOf([mx1], { publicAddresses: addresses([mx1], 'dynamic') }));
    expect(shown.losesAddress).toEqual({
      count: 1,
      machines: [
        {
          name: 'mx1',
          resourceId: '/vm/mx1',
          message:
            'mx1 loses its address 203.0.113.7: ask for a static one first, or update reverse DNS and SPF afterwards.',
        },
      ],
      truncated: false,
    });
  });

  it('nothing of static ones, and of machines that hold no host any more', () => {
    expect(preview(sceneOf([mx1]))).toMatchObject({ losesAddress: { count: 0 }, unknown: [] });
    const rests = {
      powerStates: powers({ mx1: 'deallocated' }),
      publicAddresses: addresses([mx1], 'dynamic'),
    };
    expect(preview(sceneOf([mx1], rests))).toMatchObject({ running: 0, losesAddress: { count: 0 } });
  });

  it.each<[string, Partial<RestartScene>, RestartScene['machines'] | null]>([
    ['an allocation method that the cloud left out', { publicAddresses: addresses([mx1], null) }, null],
    ['an address that is in no listing', { publicAddresses: whole() }, null],
    ['an interface that is in no listing', { interfaces: whole() }, null],
    ['a machine without an interface', {}, whole(machine('mx1', { interfaceIds: null }))],
  ])('that it is not known for %s, and never that all is well', (_name, differs, machines) => {
    const shown = preview({ ...sceneOf([mx1], differs), ...(machines === null ? {} : { machines }) });
    expect([shown.losesAddress?.count, codes(shown)]).toEqual([0, ['addresses-unknown']]);
  });

  it('null and why, where a listing lacks a page', () => {
    const shown = preview(sceneOf([mx1], { publicAddresses: broken('http-429') }));
    expect([shown.losesAddress, codes(shown)]).toEqual([null, ['addresses-unknown']]);
    expect(shown.unknown[0]?.message).toContain('(http-429)');
  });
});

describe('the preview of a restart plan says of machines', () => {
  it('which cannot be deallocated, and which lose their temporary disk', () => {
    const shown = preview(
      sceneOf([machine('mx1', { ephemeralSystemDisk: true }), machine('mx2', { size: 'Standard_D2ds_v5' })]),
    );
    expect(shown.cannotBeDeallocated.machines.map(({ name }) => name)).toEqual(['mx1']);
    expect(shown.losesTemporaryDisk.machines.map(({ name }) => name)).toEqual(['mx2']);
  });

  it('which stand in for each other, in sets and in zones', () => {
    const one = { availabilitySetId: '/as/mail', zones: ['1'] };
    const shown = preview(
      sceneOf([
        machine('mx1', one),
        machine('mx2', { ...one, availabilitySetId: '/AS/mail' }),
        machine('mx3', { scaleSetId: '/ss/alone', zones: ['2'] }),
      ]),
    );
    expect(shown.groups.map(({ kind, name, machines }) => [kind, name, machines])).toEqual([
      ['zone', '1 of westeurope', 2],
      ['availability-set', 'mail', 2],
    ]);
    expect(shown.groups[0]?.message).toMatch(/^mx1 and mx2 stand in for each other/);
  });

  it('instances of a uniform scale set like any other machine, and that orders of theirs are counted by themselves', () => {
    const instances = Array.from({ length: 1_400 }, (_, n) =>
      machine(`web_${String(n)}`, { scaleSetId: '/ss/web', isInstance: true }),
    );
    const scaleSets = whole({ name: 'web', isUniform: true, instances: 1_400, isSeen: true });
    const plan = { ...defaultRestartPlan, maxUnavailable: '100%', canary: false };
    const shown = preview(sceneOf(instances, { scaleSets }), plan);
    expect([shown.machines, shown.groups[0]?.name, shown.unknown]).toEqual([1_400, 'web', []]);
    // 875 beyond what the cloud takes at once are five minutes' wait, and one of them has to stay running.
    expect(shown.duration).toMatchObject({ waves: 2, minutes: 9 });
  });

  it('that instances of a uniform scale set that did not come in time are not among them', () => {
    const scaleSets = whole(
      { name: 'web', isUniform: true, instances: 3, isSeen: false },
      { name: 'mail', isUniform: false, instances: 2, isSeen: true },
      { name: 'empty', isUniform: true, instances: 0, isSeen: false },
    );
    const shown = preview(sceneOf([], { scaleSets }));
    expect(shown.unknown.map(({ message }) => message)).toEqual([
      'The 3 instances of the scale set web are not in this preview: look at their addresses and disks yourself.',
    ]);
  });

  it('at most a hundred one by one, and their number whole', () => {
    const many = Array.from({ length: 130 }, (_, n) => machine(`mx${String(n)}`));
    const { losesAddress } = preview(sceneOf(many, { publicAddresses: addresses(many, 'dynamic') }));
    expect([losesAddress?.count, losesAddress?.machines.length, losesAddress?.truncated]).toEqual([
      130,
      100,
      true,
    ]);
  });
});

describe('how long a plan takes', () => {
  const machines = (count: number, region = 'westeurope') =>
    Array.from({ length: count }, (_, n) => machine(`${region}${String(n)}`, { region }));

  it.each([
    [1, false, 5, 5, 20],
    [2, true, 5, 3, 12],
    ['50%', false, 10, 2, 8],
    ['50%', true, 10, 3, 12],
  ])(
    'with %s at once and canary %s for %s machines: %s waves',
    (maxUnavailable, canary, count, waves, minutes) => {
      const shown = preview(sceneOf(machines(count)), { ...managed, maxUnavailable, canary });
      expect(shown.duration).toMatchObject({ waves, minutes });
    },
  );

  it('counts no machine that is off already against the limit, and says where it would stand still', () => {
    const three = machines(3);
    const states = { westeurope0: 'stopped', westeurope1: 'running', westeurope2: 'running' } as const;
    const scene = sceneOf(three, { powerStates: powers(states) });
    expect(preview(scene, { ...managed, maxUnavailable: 2 }).duration?.waves).toBe(2);
    expect(preview(scene).duration?.waves).toBe(2);
    const unseen = { westeurope0: 'starting', westeurope1: 'running', westeurope2: 'running' } as const;
    const shown = preview(sceneOf(three, { powerStates: powers(unseen) }));
    expect([shown.duration, codes(shown)]).toEqual([null, ['max-unavailable-reached']]);
  });

  it.each([
    ['in a set', machine('a', { availabilitySetId: '/s' }), machine('b', { availabilitySetId: '/S' }), 2],
    ['in two zones of a region', machine('a', { zones: ['1'] }), machine('b', { zones: ['2'] }), 2],
    [
      'in one zone of two regions',
      machine('a', { zones: ['1'] }),
      machine('b', { zones: ['1'], region: 'x' }),
      1,
    ],
    ['nowhere', machine('a'), machine('b'), 1],
  ])('takes two waves at least where machines stand in for each other: %s', (_name, one, other, waves) => {
    const plan = { ...managed, maxUnavailable: '100%', canary: false };
    expect(preview(sceneOf([one, other]), plan).duration?.waves).toBe(waves);
  });

  it('is held up by what the cloud lets through in a region, and not by other regions', () => {
    const plan = { ...managed, maxUnavailable: '100%', canary: false };
    const here = preview(sceneOf(machines(11_500)), plan).duration;
    expect(here).toMatchObject({ waves: 1, minutes: 24 });
    expect(here?.message).toContain('limits');
    const spread = preview(sceneOf([...machines(1_500), ...machines(1_500, 'northeurope')]), plan).duration;
    expect(spread).toMatchObject({ waves: 1, minutes: 4 });
  });

  it('is not known where power states are not', () => {
    const shown = preview(sceneOf(machines(2), { powerStates: broken('timeout') }));
    expect([shown.running, shown.duration, codes(shown)]).toEqual([null, null, ['power-states-unknown']]);
  });

  it('does not take a machine that shows no power state for one that runs', () => {
    const shown = preview(sceneOf(machines(2), { powerStates: powers({ westeurope0: 'running' }) }));
    expect([shown.running, codes(shown)]).toEqual([1, ['max-unavailable-reached', 'power-states-unknown']]);
  });
});

describe('there is no preview', () => {
  it.each<[string, Partial<RestartScene>, string]>([
    ['where machines are not listed whole', { machines: broken('http-500') }, 'cloud-did-not-answer'],
    [
      'where the subscription does not answer',
      { subscription: { kind: 'refused', code: 'AuthorizationFailed' } },
      'cloud-did-not-answer',
    ],
    [
      'of a subscription that went to another tenant: its machines are theirs',
      { subscription: { kind: 'found', state: 'Enabled', tenantId: 'another', tags: {} } },
      'subscription-in-another-tenant',
    ],
  ])('%s', (_name, differs, code) => {
    const answer = previewRestarts(sceneOf([machine('mx1')], differs), managed, { tenantId, at });
    expect([answer.preview, answer.previewUnavailable?.code]).toEqual([null, code]);
  });
});

describe('a temporary disk is told by the name of a size', () => {
  it.each([
    ['Standard_D2s_v3', true],
    ['Standard_DS2_v2', true],
    ['Standard_E8-4ds_v5', true],
    ['Standard_D2s_v5', false],
    ['Standard_E4_v4', false],
    ['Standard_B2s', null],
    ['Standard_NC24ads_A100_v4', null],
    ['Mystery', null],
    [null, null],
  ])('%s: %s', (size, expected) => {
    expect(hasTemporaryDisk(size)).toBe(expected);
  });
});
