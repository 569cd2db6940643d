import type { RestartScene, SceneMachine } from '../ports/restart-scenes.js';
import { newAddressesOf } from './new-addresses.js';
import { addresses, broken, machine, sceneOf, tenantId, whole } from './preview.examples.js';

const places = (...names: readonly string[]) => new Map(names.map((name) => [`/vm/${name}`, name]));
const found = (machines: readonly SceneMachine[], differs: Partial<RestartScene> = {}, names = ['mx1']) =>
  newAddressesOf(sceneOf(machines, differs), { tenantId, places: places(...names) });
const address = (resourceId: string, held: string | null, allocation: 'dynamic' | null = 'dynamic') => ({
  resourceId,
  allocation,
  address: held,
});

describe('addresses that machines came back with', () => {
  it('are the dynamic ones of machines that were restarted, and of no others', () => {
    const machines = [machine('mx1'), machine('mx2')];
    expect(found(machines, { publicAddresses: addresses(machines, 'dynamic') })).toEqual({
      kind: 'seen',
      addresses: [{ machine: 'mx1', resourceId: '/vm/mx1', address: '203.0.113.7' }],
      pending: [],
      unlisted: [],
    });
    expect(found(machines)).toMatchObject({ addresses: [], pending: [], unlisted: [] });
  });

  it.each<readonly [what: string, machines: readonly SceneMachine[], differs: Partial<RestartScene>]>([
    ['the cloud has not assigned it', [machine('mx1')], { publicAddresses: whole(address('/ip/mx1', null)) }],
    [
      'nobody says how it is allocated',
      [machine('mx1')],
      { publicAddresses: addresses([machine('mx1')], null) },
    ],
    ['its interface is in no listing', [machine('mx1')], { interfaces: whole() }],
    ['its address is in no listing', [machine('mx1')], { publicAddresses: whole() }],
    ['the cloud names no interface of it', [machine('mx1', { interfaceIds: null })], {}],
    ['it is in no listing itself', [], {}],
  ])('are not seen yet, and never as if there were none, where %s (I17)', (_what, machines, differs) => {
    expect(found(machines, differs)).toMatchObject({ kind: 'seen', pending: ['mx1'], unlisted: [] });
  });

  it('are seen as far as they are: a machine with another one still waits for that', () => {
    const one = machine('mx1', { interfaceIds: ['/nic/mx1', '/nic/other'] });
    const cards = whole(
      { resourceId: '/nic/mx1', publicAddressIds: ['/ip/mx1'] },
      { resourceId: '/nic/other', publicAddressIds: ['/ip/other'] },
    );
    const known = address('/ip/mx1', '203.0.113.7');
    for (const other of [address('/ip/other', null), address('/ip/other', '203.0.113.8', null)])
      expect(found([one], { interfaces: cards, publicAddresses: whole(known, other) })).toMatchObject({
        addresses: [{ machine: 'mx1', address: '203.0.113.7' }],
        pending: ['mx1'],
      });
  });

  it('of instances of uniform scale sets are in no listing, whenever it is asked', () => {
    const differs = { interfaces: sceneOf([]).interfaces };
    expect(found([machine('mx1', { isInstance: true })], differs)).toMatchObject({
      pending: [],
      unlisted: ['mx1'],
    });
  });

  it('are unseen where a listing is not whole, and nobody’s where the subscription is', () => {
    expect(found([machine('mx1')], { interfaces: broken('Throttled') })).toEqual({
      kind: 'unseen',
      code: 'Throttled',
    });
    const scene = sceneOf([machine('mx1')]);
    expect(newAddressesOf(scene, { tenantId: 'another', places: places('mx1') }).kind).toBe(
      'of-another-tenant',
    );
  });
});
