import { z } from 'zod';
import { noBody } from '../schemas/common.js';
import { route } from '../route.js';

const query = z.strictObject({
  secret: z
    .string()
    .max(500)
    .optional()
    .meta({ description: 'The shared secret, where no header can carry it.' }),
});
const events = {
  path: '/v1/events/azure',
  permission: 'events:deliver',
  tag: 'Events',
  params: z.strictObject({}),
  query,
  status: 200,
  takesEventSecret: true,
} as const;

export const receiveAzureEvents = route({
  ...events,
  method: 'POST',
  summary:
    'Take word from Event Grid, in its own schema or as CloudEvents 1.0. Whatever is no event of a machine is passed over; the validation handshake is answered.',
  media: ['application/cloudevents+json', 'application/cloudevents-batch+json'],
  body: z
    .union([z.array(z.unknown()).max(5_000), z.looseObject({})])
    .meta({ id: 'AzureEvents', description: 'Events of Event Grid, or one CloudEvent.' }),
  example: [
    {
      id: '9f1c0000-0000-4000-8000-000000000001',
      eventType: 'Microsoft.Resources.ResourceActionSuccess',
      subject:
        '/subscriptions/0c000000-0000-4000-8000-000000000001/resourceGroups/mail/providers/Microsoft.Compute/virtualMachines/mx1',
      eventTime: '2026-01-31T12:00:00Z',
      data: { operationName: 'Microsoft.Compute/virtualMachines/start/action' },
    },
  ],
  answer: z
    .object({
      validationResponse: z.string().optional().meta({ description: 'The code of the handshake.' }),
      taken: z.number().int().meta({ description: 'How many hints were about machines of live exemptions.' }),
    })
    .meta({ id: 'EventsTaken' }),
  refuses: [],
});

/** The handshake of CloudEvents 1.0 (HTTP 1.1 Web Hooks for Event Delivery, section 4). */
export const allowAzureEvents = route({
  ...events,
  method: 'OPTIONS',
  summary: 'The handshake of CloudEvents: may events be sent here?',
  body: noBody,
  answer: z.object({}).meta({ id: 'EventsAllowed' }),
  refuses: [],
});
