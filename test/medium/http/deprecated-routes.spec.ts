import { Controller, type Type } from '@nestjs/common';
import { z } from 'zod';
import { In, type InputOf } from '../../../src/http/incoming.js';
import { On, route } from '../../../src/http/route.js';
import { openApiDocument } from '../../../src/http/openapi.js';
import { listOf, noBody, noQuery, pageQuery } from '../../../src/http/schemas/common.js';
import { startTestApi, type TestApi } from '../../support/api.js';

const deprecated = {
  since: '2026-01-01T00:00:00Z',
  sunset: '2027-12-31T00:00:00Z',
  successor: '/v1/subscriptions',
} as const;
const none = {
  params: z.strictObject({}),
  query: noQuery,
  body: noBody,
  method: 'GET',
  status: 200,
  permission: 'subscriptions:read',
  tag: 'Subscriptions',
  summary: 'A route of before.',
  refuses: [],
} as const;
const before = route({ ...none, path: '/v1/old-things', answer: z.object({ old: z.boolean() }), deprecated });
const listBefore = route({
  ...none,
  path: '/v1/old-lists',
  query: z.strictObject(pageQuery),
  answer: listOf(z.object({})),
  deprecated: { since: deprecated.since, sunset: deprecated.sunset },
});

@Controller()
class OldThings {
  @On(before)
  read(@In() _input: InputOf<typeof before>) {
    return { status: 200, headers: {}, body: { old: true } };
  }

  @On(listBefore)
  list() {
    return { status: 200, headers: { link: '</v1/old-lists?cursor=x>; rel="next"' }, body: { items: [] } };
  }
}

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({}, [OldThings as Type]);
});
afterAll(() => api.close());

/** Asked without the client of the contract: the document knows nothing of a test's own routes. */
async function ask(path: string): Promise<Response> {
  const { token } = await api.as('customer');
  const response = await fetch(api.url + path, { headers: { authorization: `Bearer ${token ?? ''}` } });
  await response.body?.cancel();
  return response;
}

describe('a deprecated route', () => {
  it('says since when, until when, and what to call instead (RFC 9745, RFC 8594)', async () => {
    const { status, headers } = await ask('/v1/old-things');
    expect(status).toBe(200);
    expect(headers.get('deprecation')).toBe('@1767225600');
    expect(headers.get('sunset')).toBe('Fri, 31 Dec 2027 00:00:00 GMT');
    expect(headers.get('link')).toBe(
      '</docs>; rel="deprecation"; type="text/html", </v1/subscriptions>; rel="successor-version"',
    );
  });

  it('says so on refusals as well', async () => {
    const { status, headers } = await ask('/v1/old-things?colour=blue');
    expect([status, headers.get('deprecation')]).toEqual([400, '@1767225600']);
    const stranger = await fetch(`${api.url}/v1/old-things`);
    expect([stranger.status, stranger.headers.get('sunset')]).toEqual([401, 'Fri, 31 Dec 2027 00:00:00 GMT']);
    await stranger.body?.cancel();
  });

  it('that is a list goes on with its next page beside', async () => {
    const { headers } = await ask('/v1/old-lists');
    expect(headers.get('link')).toBe(
      '</docs>; rel="deprecation"; type="text/html", </v1/old-lists?cursor=x>; rel="next"',
    );
  });

  it('is marked in the document', () => {
    const { paths } = openApiDocument([before]) as {
      paths: Record<string, { get: Record<string, unknown> }>;
    };
    const operation = paths['/v1/old-things']?.get;
    expect(operation?.['deprecated']).toBe(true);
    expect(JSON.stringify(operation?.['responses'])).toContain('"Sunset"');
  });

  it('is none of those that are served now: they say nothing of the kind', async () => {
    const { headers } = await ask('/v1/subscriptions');
    expect([headers.has('deprecation'), headers.has('sunset')]).toEqual([false, false]);
  });
});
