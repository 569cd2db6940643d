import type { SubscriptionAnswer } from '../ports/compute-control-plane.js';
import { sightOf, stateOfProof, tagNameOf, type ControlProof } from './control-proof.js';

const tenantId = '00000000-0000-4000-8000-000000000003';
const proof: ControlProof = {
  id: '0197a000-0000-7000-8000-0123456789ab',
  subscriptionId: '00000000-0000-4000-8000-0000000000b1',
  tenantId,
  provesFor: '00000000-0000-4000-8000-000000000002',
  state: 'awaiting-tag',
  nonce: 'abcdefghijklmnopqrstuvwxyz012345',
  askedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-04T00:00:00.000Z',
  checkedAt: null,
  provenAt: null,
  problem: null,
};
const found = (tags: Readonly<Record<string, string>>, tenant = tenantId): SubscriptionAnswer => ({
  kind: 'found',
  state: 'Enabled',
  tenantId: tenant,
  tags,
});
const name = tagNameOf(proof);

describe('a look for the tag of a proof', () => {
  it.each<[what: string, answer: SubscriptionAnswer, kind: string, code: string | null]>([
    ['the tag with its value', found({ [name]: proof.nonce }), 'seen', null],
    ['its name in capitals', found({ [name.toUpperCase()]: proof.nonce }), 'seen', null],
    ['no tag', found({}), 'not-yet', 'tag-not-there'],
    ['the tag of another proof', found({ 'postern-control-0': proof.nonce }), 'not-yet', 'tag-not-there'],
    ['the value in capitals', found({ [name]: proof.nonce.toUpperCase() }), 'not-yet', 'tag-differs'],
    ['the value with a tail', found({ [name]: `${proof.nonce} ` }), 'not-yet', 'tag-differs'],
    ['its beginning', found({ [name]: proof.nonce.slice(0, -1) }), 'not-yet', 'tag-differs'],
    ['an empty value', found({ [name]: '' }), 'not-yet', 'tag-differs'],
    ['NUL in place of a value', found({ [name]: '\0'.repeat(32) }), 'not-yet', 'tag-differs'],
    [
      'another tenant, with the tag',
      found({ [name]: proof.nonce }, 'other'),
      'failed',
      'cloud-tenant-differs',
    ],
    ['the tenant in capitals', found({ [name]: proof.nonce }, tenantId.toUpperCase()), 'seen', null],
    ['no such subscription', { kind: 'not-found' }, 'not-yet', 'subscription-not-in-cloud'],
    ['no right to look (I17)', { kind: 'refused', code: 'AuthorizationFailed' }, 'not-yet', 'cloud-refuses'],
    [
      'no answer (I17)',
      { kind: 'unavailable', code: 'timeout', retryAfterSeconds: null },
      'not-yet',
      'cloud-silent',
    ],
  ])('that finds %s', (_what, answer, kind, code) => {
    const sight = sightOf(proof, answer);
    expect([sight.kind, sight.kind === 'seen' ? null : sight.problem.code]).toEqual([kind, code]);
  });
});

test('a proof that waits, or holds, is expired once its time has come; one that failed stays so', () => {
  const at = (state: ControlProof['state'], now: string) => stateOfProof({ ...proof, state }, now);
  expect(at('awaiting-tag', '2026-01-03T23:59:59.999Z')).toBe('awaiting-tag');
  expect(at('awaiting-tag', '2026-01-04T00:00:00.000Z')).toBe('expired');
  expect(at('proven', '2026-01-03T23:59:59.999Z')).toBe('proven');
  expect(at('proven', '2026-01-04T00:00:00.000Z')).toBe('expired');
  expect(at('failed', '2027-01-01T00:00:00.000Z')).toBe('failed');
});

test('the name of a tag is one that the cloud takes', () => {
  expect(name).toBe('postern-control-0123456789ab');
});
