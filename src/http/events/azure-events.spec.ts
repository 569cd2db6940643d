import { readDelivery } from './azure-events.js';

const subscriptionId = '0c000000-0000-4000-8000-000000000001';
const compute = `/subscriptions/${subscriptionId}/resourceGroups/RG/providers/Microsoft.Compute`;
const hintsOf = (resourceUri: string) =>
  readDelivery({
    id: 'e1',
    eventType: 'Microsoft.Resources.ResourceActionSuccess',
    eventTime: '2026-03-01T12:00:00.1234567Z',
    data: { operationName: 'Microsoft.Compute/virtualMachineScaleSets/start/action', resourceUri },
  }).hints;

describe('an event of Event Grid (E3)', () => {
  it.each([
    'virtualMachines/mx1',
    'virtualMachineScaleSets/herd/virtualMachines/3',
    'virtualMachineScaleSets/herd',
  ])('about %s is a hint', (place) => {
    const resourceId = `${compute}/${place}`.toLowerCase();
    expect(hintsOf(`${compute}/${place}`)).toMatchObject([
      { subscriptionId, resourceId, at: '2026-03-01T12:00:00.123Z' },
    ]);
  });

  it.each([
    'disks/d1',
    'virtualMachines/mx1/extensions/x',
    'virtualMachineScaleSets/herd/rollingUpgrades',
    '',
  ])('about "%s" is passed over', (place) => {
    expect(hintsOf(`${compute}/${place}`)).toEqual([]);
  });
});
