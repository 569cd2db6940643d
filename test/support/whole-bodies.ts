import { approve } from '../../src/http/admin/admin.examples.js';
import * as examples from '../../src/http/requester/requester.examples.js';
import type { AnyRoute } from '../../src/http/route.js';

type Json = Readonly<Record<string, unknown>>;

const consent = examples.consent;
const window = examples.restartPlan.window;
const offer = { quotaId: 'PayAsYouGo_2014-09-01' };
const billing = { paidInvoicesUsd: 10, firstInvoicePaidAt: null, pastDue: false };
const submit = {
  ...examples.submit,
  onBehalfOf: { customerTenantId: '00000000-0000-4000-8000-000000000003', consent },
  restart: { ...examples.submit.restart, window },
};

/** Bodies with every object that may stand in them, where the document's example leaves one out. */
const whole: Readonly<Record<string, readonly Json[]>> = {
  'POST /v1/eligibility': [
    { ...examples.eligibility, restart: { ...examples.restartPlan, window } },
    { offer, createdAt: '2024-01-01T00:00:00Z', state: 'Enabled', billing },
  ],
  'POST /v1/admin/exemption-requests/:id/approve': [
    { ...approve, replacesFirstTerms: { reason: 'The contract ends later.' } },
  ],
  'POST /v1/exemption-requests': [submit],
  'POST /v1/exemption-requests/batch': [{ requests: [submit] }],
};

/** What a route takes, in each of its shapes. */
export function bodiesOf({ method, path, example }: AnyRoute): readonly Json[] {
  return whole[`${method} ${path}`] ?? [(example ?? {}) as Json];
}

/** The objects in a body, by their JSON pointers; of a list its first. */
export function objectsIn(body: unknown, pointer = ''): readonly string[] {
  if (typeof body !== 'object' || body === null) return [];
  if (Array.isArray(body)) return objectsIn(body[0], `${pointer}/0`);
  const inside = Object.entries(body).flatMap(([key, value]) => objectsIn(value, `${pointer}/${key}`));
  return [pointer, ...inside];
}

/** The body with further fields in one of its objects. */
export function withFields(body: unknown, pointer: string, fields: Json): Json {
  const copy = structuredClone(body) as Json;
  const target = pointer
    .split('/')
    .slice(1)
    .reduce<Json>((at, key) => at[key] as Json, copy);
  Object.assign(target, fields);
  return copy;
}

/** The fields that a document's schema knows, by the pointer of the object that they stand in. */
export function fieldsBySchema(
  schema: Json,
  components: Json,
  pointer = '',
  found = new Map<string, Set<string>>(),
): ReadonlyMap<string, ReadonlySet<string>> {
  const { $ref, anyOf, oneOf, allOf, properties, items } = schema as Readonly<
    Record<string, Json | undefined>
  >;
  if (typeof $ref === 'string') {
    const name = ($ref as string).split('/').at(-1) ?? '';
    return fieldsBySchema(components[name] as Json, components, pointer, found);
  }
  for (const part of [anyOf, oneOf, allOf].flatMap((one) => (one ?? []) as readonly Json[]))
    fieldsBySchema(part, components, pointer, found);
  if (items !== undefined) fieldsBySchema(items, components, `${pointer}/0`, found);
  if (properties === undefined) return found;
  const fields = found.get(pointer) ?? new Set();
  found.set(pointer, fields);
  for (const [name, part] of Object.entries(properties)) {
    fields.add(name);
    fieldsBySchema(part as Json, components, `${pointer}/${name}`, found);
  }
  return found;
}
