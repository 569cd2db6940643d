import { z } from 'zod';
import { route } from '../route.js';
import { noQuery } from '../schemas/common.js';
import { eraseContactBody, erasePersonBody, erasureAnswer, personParams } from '../schemas/people.schema.js';

const erasure = {
  method: 'DELETE',
  tag: 'Admin: people',
  permission: 'people:erase',
  status: 200,
  query: noQuery,
  answer: erasureAnswer,
} as const;

export const erasePerson = route({
  ...erasure,
  path: '/v1/admin/people/:id',
  summary: 'Erase what is kept of a person; a pseudonym stands in their place. 404 when it was done before.',
  params: personParams,
  body: erasePersonBody,
  example: { reason: 'Asked for on 12 March; ticket 4711.' },
  probe: 'person',
  refuses: [404, 409],
});
export const eraseContact = route({
  ...erasure,
  path: '/v1/admin/contacts',
  summary: 'Erase somebody without an account: an address, and who is behind it, wherever requests name it.',
  params: z.strictObject({}),
  body: eraseContactBody,
  example: { email: 'ada@example.com', reason: 'Asked for on 12 March; ticket 4712.' },
  refuses: [404],
});
