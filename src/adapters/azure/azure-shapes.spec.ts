import { descriptionOf, machineBody, powerStateOf } from './azure-shapes.js';

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
