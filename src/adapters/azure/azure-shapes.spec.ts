import {
  descriptionOf,
  machineBody,
  powerStateOf,
  scaleSetPage,
  setOfInstance,
  uniformSetOf,
} from './azure-shapes.js';

const machine = (properties: object) => machineBody.parse({ id: '/vm/MX1', name: 'MX1', properties });
const withCodes = (...codes: readonly string[]) =>
  machine({ instanceView: { statuses: codes.map((code) => ({ code })) } });

describe('the power state', () => {
  it.each(['running', 'starting', 'stopping', 'stopped', 'deallocating', 'deallocated', 'hibernated'])(
    '%s is read whatever the case',
    (state) => {
      expect(powerStateOf(withCodes('ProvisioningState/succeeded', `PowerState/${state}`))).toBe(state);
      expect(powerStateOf(withCodes(`powerstate/${state.toUpperCase()}`))).toBe(state);
    },
  );

  it.each([
    [withCodes()],
    [withCodes('ProvisioningState/updating')],
    [withCodes('PowerState/unknown')],
    [withCodes('PowerState/something-new')],
    [withCodes('PowerState/')],
    [machine({})],
  ])('is unknown, and never inferred, where the cloud does not say it', (body) => {
    expect(powerStateOf(body)).toBe('unknown');
  });
});

describe('a machine', () => {
  it('without a vmId describes nothing', () => {
    expect(descriptionOf(machine({}))).toBeNull();
  });

  it('is known by its vmId in lower case (F11)', () => {
    expect(descriptionOf(machine({ vmId: 'ABCDEF00-0000-4000-8000-00000000000A' }))).toMatchObject({
      vmId: 'abcdef00-0000-4000-8000-00000000000a',
      name: 'MX1',
      timeCreated: null,
    });
  });

  it.each([
    ['2026-01-10T12:00:00.1234567+00:00', '2026-01-10T12:00:00.123Z'],
    ['2026-01-10T14:00:00+02:00', '2026-01-10T12:00:00.000Z'],
    ['yesterday', null],
  ])('created at %s', (timeCreated, at) => {
    expect(descriptionOf(machine({ vmId: 'a', timeCreated }))?.timeCreated).toBe(at);
  });
});

describe('a scale set', () => {
  const id = '/subscriptions/1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/Farm';
  const setsOf = (properties?: object) =>
    scaleSetPage.parse({ value: [{ id, properties }] }).value.map(uniformSetOf);

  it.each([
    [undefined, id],
    [{}, id],
    [{ orchestrationMode: 'Uniform' }, id],
    [{ orchestrationMode: 'FLEXIBLE' }, null],
  ])('with %j is asked for instances unless it is flexible', (properties, asked) => {
    expect(setsOf(properties)).toEqual([asked]);
  });

  it('is named by the places of its instances, and of no other machines', () => {
    expect(setOfInstance(`${id}/virtualMachines/3`)).toBe(id.toLowerCase());
    expect(setOfInstance(`${id}/virtualMachines/3/extensions/x`)).toBeNull();
    expect(setOfInstance(id.replace('ScaleSets/Farm', 's/mx1'))).toBeNull();
  });
});
