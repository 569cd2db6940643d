import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ArmError } from '../errors.js';
import { parseBody } from '../parse-body.js';
import type { World } from '../world.js';
import { schemas } from './grid-event.js';
import { publishedRetryDelaysMs, type GridSettings } from './settings.js';

const audience = z.strictObject({
  tenantId: z.uuid(),
  audience: z.string().min(1),
  version: z.enum(['1.0', '2.0']).default('2.0'),
  /** App roles that Event Grid's principal was given in this tenant, beside the one that the webhook needs. */
  roles: z.array(z.string().min(1)).max(10).default([]),
});

const order = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }),
  schema: z.enum(schemas).default('event-grid'),
  name: z.string().min(3).default('emulated'),
  subscriptions: z.array(z.string().toLowerCase()).nullable().default(null),
  delayMs: z.number().min(0).default(0),
  duplicates: z.int().min(0).max(10).default(0),
  shuffle: z.boolean().default(false),
  caseChanges: z.boolean().default(true),
  retryDelaysMs: z
    .array(z.number().min(0))
    .max(30)
    .default([...publishedRetryDelaysMs]),
  secretHeader: z
    .strictObject({ name: z.string().min(1), value: z.string() })
    .nullable()
    .default(null),
  entra: audience.nullable().default(null),
});

/** The one event subscription: who gets events, and what became of them. */
export function eventGridRoutes(app: FastifyInstance, { eventGrid }: World): void {
  const view = () => {
    const { subscription } = eventGrid;
    if (subscription === null) throw new ArmError(404, 'NotFound', 'There is no event subscription.');
    const { settings, state, pending, delivered, givenUp } = subscription;
    return { ...shown(settings), provisioningState: state, pending, delivered, givenUp };
  };
  app.get('/_control/event-grid', view);
  app.put('/_control/event-grid', async ({ body, protocol, host }, reply) => {
    const settings = parseBody(order, body);
    const link = (id: string) => `${protocol}://${host}/_control/event-grid/validate?id=${id}`;
    const agreement = await eventGrid.subscribe(settings, link);
    if (agreement.kind !== 'refused') return reply.status(201).send(view());
    const { origin } = new URL(settings.endpoint);
    const message = `Webhook validation handshake failed for ${origin}: ${agreement.why}.`;
    throw new ArmError(400, 'EndpointValidationFailed', message);
  });
  app.delete('/_control/event-grid', (_request, reply) => {
    eventGrid.reset();
    return reply.status(204).send();
  });
  app.get('/_control/event-grid/tries', () => ({ tries: eventGrid.tries }));
  app.route<{ Querystring: { id?: string } }>({
    method: ['GET', 'POST'],
    url: '/_control/event-grid/validate',
    handler: ({ query: { id = '' } }) => {
      if (eventGrid.agree(id))
        return { message: 'Webhook successfully validated as a subscription endpoint.' };
      throw new ArmError(404, 'NotFound', 'The link is not known, or has expired.');
    },
  });
}

/** Without what is secret: the endpoint's query, and the value of the header. */
function shown(settings: GridSettings): object {
  const { origin, pathname } = new URL(settings.endpoint);
  const secretHeader = settings.secretHeader === null ? null : settings.secretHeader.name;
  return { ...settings, endpoint: `${origin}${pathname}`, secretHeader };
}

const tokenOrder = audience.extend({ claims: z.record(z.string(), z.unknown()).default({}) });

/** The keys of Entra ID at the real path; and, for tests, tokens of any claims, and a new key. */
export function entraRoutes(app: FastifyInstance, { entra }: World): void {
  app.get('/_control/entra/:tenant/discovery/v2.0/keys', () => entra.keySet());
  app.get('/_control/entra/:tenant/discovery/keys', () => entra.keySet());
  app.post('/_control/entra/rotate', (_request, reply) => {
    entra.rotate();
    return reply.status(204).send();
  });
  app.post('/_control/entra/token', async ({ body }) => {
    const { claims, ...wanted } = parseBody(tokenOrder, body);
    return { token: await entra.token(wanted, claims) };
  });
}
