import { Json } from '../../../launch/demo/desk.js';
import { disagreements } from '../../support/truth.js';

const movedAt = '2026-01-01T00:00:00.000Z';
const rules = { clockMarginMs: 300_000 };
const headers = new Headers();

interface Told {
  /** Exemptions of the subscription, the newest first. */
  readonly exemptions: readonly object[];
  readonly rows: readonly object[];
  /** What lies in the subscription, and in another one that has no exemption. */
  readonly here?: readonly object[];
  readonly elsewhere?: readonly object[];
}

const granted = { grantedAt: '2025-12-31T00:00:00.000Z', endedAt: null, gate: { movedAt } };

/** Both sides, as they tell it. */
function told({ exemptions, rows, here = [], elsewhere = [] }: Told) {
  const exemption = { id: 'e', subscriptionId: 's', ...granted };
  const read = (path: string) => {
    const isList = path.startsWith('/v1/admin/exemptions');
    const items = isList ? exemptions.map((one) => ({ ...exemption, ...one })) : rows;
    return Promise.resolve({ status: 200, headers, body: new Json({ items }) });
  };
  const machine = {
    vmId: 'v',
    name: 'mx1',
    powerState: 'PowerState/running',
    tookHostAt: '2026-01-02T00:00:00.000Z',
    tookHostUnder: { subscriptionId: 's', fence: 1 },
    hereSince: '2025-12-30T00:00:00.000Z',
  };
  const subscriptions = [
    { subscriptionId: 's', virtualMachines: here.map((one) => ({ ...machine, ...one })) },
    { subscriptionId: 't', virtualMachines: elsewhere.map((one) => ({ ...machine, ...one })) },
  ];
  const control = () => Promise.resolve({ status: 200, headers, body: new Json({ subscriptions }) });
  return disagreements(read, control, rules);
}

/** One exemption with one machine. */
function both(state: string, row: object | null, truth: object | null) {
  return told({
    exemptions: [{ state }],
    rows: row === null ? [] : [{ vmId: 'v', name: 'mx1', ...row }],
    here: truth === null ? [] : [truth],
  });
}

const open = { port25: 'open' };
const closed = { port25: 'closed' };
const off = { port25: 'off', powerState: 'PowerState/deallocated' };
const exempt = { exempt: true, state: 'restarted' };
const waits = { exempt: false, state: 'waiting' };

describe('the check of Postern’s word against the truth of the wire', () => {
  it.each([
    ['exempt, and open', 'effective', exempt, open],
    ['at rest, and without a host', 'effective', { exempt: false, state: 'resting' }, off],
    ['waiting, and still closed', 'enabling', waits, closed],
    [
      'waiting, and open since a moment within the clock margin',
      'enabling',
      waits,
      { ...open, tookHostAt: movedAt },
    ],
    ['being started, and open already', 'enabling', { exempt: false, state: 'starting' }, open],
    ['revoked, and closed', 'revoked', { exempt: false, state: 'restarted' }, closed],
    ['gone, and not there', 'effective', { exempt: false, state: 'gone' }, null],
  ])('agrees: %s', async (_name, state, row, truth) => {
    expect(await both(state, row, truth)).toEqual([]);
  });

  it.each([
    ['exempt means that the wire is open', 'enabling', exempt, closed],
    ['exempt means that the wire is open', 'enabling', exempt, off],
    ['effective means that every machine is open', 'effective', exempt, closed],
    ['ended means that every machine is closed', 'revoked', waits, open],
    ['what is open is said to be exempt', 'enabling', waits, open],
    ['every machine of an effective right is known', 'effective', null, open],
    ['what is not there is gone', 'effective', exempt, null],
    ['what is gone is not there', 'enabling', { exempt: false, state: 'gone' }, open],
  ])('says “%s” of a machine of an exemption that is %s', async (broken, state, row, truth) => {
    expect(await both(state, row, truth)).toMatchObject([{ broken }]);
  });
});

describe('the check of machines that were moved to another subscription (I19)', () => {
  const row = { vmId: 'v', name: 'mx1' };
  const revoked = { state: 'revoked', endedAt: '2026-02-01T00:00:00.000Z' };
  const regranted = { id: 'f', state: 'effective', grantedAt: '2026-03-01T00:00:00.000Z' };
  const moved = { exempt: false, state: 'blocked' };

  it.each([
    ['closed, after the right has ended', [revoked], [{ ...row, ...moved }], closed],
    ['without a host, after the right has ended', [revoked], [], off],
    ['open, and on the page', [{ state: 'effective' }], [{ ...row, ...moved }], open],
    ['open, and the end waits for it', [{ state: 'revoking' }], [{ ...row, ...moved }], open],
    ['closed, and gone', [{ state: 'effective' }], [{ ...row, exempt: false, state: 'gone' }], closed],
    [
      'open under the right that it was given again',
      [regranted, revoked],
      [{ ...row, ...moved }],
      { ...open, tookHostAt: '2026-03-02T00:00:00.000Z' },
    ],
    [
      'open under a gate that nobody has a right to',
      [revoked],
      [],
      { ...open, tookHostUnder: { subscriptionId: 't', fence: 9 } },
    ],
  ])('agrees: %s', async (_name, exemptions, rows, elsewhere) => {
    expect(await told({ exemptions, rows, elsewhere: [elsewhere] })).toEqual([]);
  });

  it.each([
    ['ended means that no machine is open, wherever it is', [revoked], [{ ...row, ...moved }]],
    ['ended means that no machine is open, wherever it is', [{ ...revoked, state: 'expired' }], []],
    ['what was moved away open is on the page of its exemption', [{ state: 'effective' }], []],
    ['what was moved away open is on the page of its exemption', [{ state: 'suspended' }], []],
    [
      'what is open elsewhere is not gone',
      [{ state: 'revoking' }],
      [{ ...row, exempt: false, state: 'gone' }],
    ],
    [
      'an earlier right that ended left no machine open, wherever it is',
      [regranted, revoked],
      [{ ...row, ...moved }],
    ],
  ])('says “%s”, and where', async (broken, exemptions, rows) => {
    expect(await told({ exemptions, rows, elsewhere: [open] })).toMatchObject([
      { broken, subscriptionId: 's', wire: 'open (running) in t' },
    ]);
  });

  it('holds what came in open before the end against the end, and what came after it not', async () => {
    const foreign = { ...open, tookHostUnder: { subscriptionId: 't', fence: 9 } };
    const before = { ...foreign, hereSince: '2026-01-15T00:00:00.000Z' };
    const after = { ...foreign, hereSince: '2026-02-15T00:00:00.000Z' };
    expect(await told({ exemptions: [revoked], rows: [], here: [before] })).toMatchObject([
      { broken: 'ended means that every machine is closed' },
    ]);
    expect(await told({ exemptions: [revoked], rows: [], here: [after] })).toEqual([]);
  });
});
