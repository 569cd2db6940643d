import { Json } from '../../../launch/demo/desk.js';
import { disagreements } from '../../support/truth.js';

const movedAt = '2026-01-01T00:00:00.000Z';
const rules = { clockMarginMs: 300_000 };
const headers = new Headers();

/** One exemption with one machine, as both sides tell it. */
function both(
  state: string,
  row: object | null,
  truth: object | null,
): Promise<readonly { readonly broken: string }[]> {
  const exemption = { id: 'e', subscriptionId: 's', state, gate: { movedAt } };
  const read = (path: string) => {
    const isList = path.startsWith('/v1/admin/exemptions');
    const items = isList ? [exemption] : row === null ? [] : [{ vmId: 'v', name: 'mx1', ...row }];
    return Promise.resolve({ status: 200, headers, body: new Json({ items }) });
  };
  const machine = {
    vmId: 'v',
    name: 'mx1',
    powerState: 'PowerState/running',
    tookHostAt: '2026-01-02T00:00:00.000Z',
  };
  const virtualMachines = truth === null ? [] : [{ ...machine, ...truth }];
  const control = () => Promise.resolve({ status: 200, headers, body: new Json({ virtualMachines }) });
  return disagreements(read, control, rules);
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
