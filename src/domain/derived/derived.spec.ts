import { liveExemptionStates, type ExemptionState } from '../exemption/exemption.js';
import { liveRequestStates, type RequestState } from '../request/request.js';
import { port25Of } from './port25.js';
import { progressOf } from './progress.js';
import { requestStatuses, statesOfStatus, statusOf } from './status.js';

const requestStates: readonly RequestState[] = [
  ...liveRequestStates,
  'approved',
  'denied',
  'withdrawn',
  'lapsed',
];
const exemptionStates: readonly ExemptionState[] = [...liveExemptionStates, 'revoked', 'expired'];

describe('a status', () => {
  it.each([
    ['checking', null, 'checking'],
    ['reviewing', null, 'in-review'],
    ['second-reviewing', null, 'in-review'],
    ['awaiting-information', null, 'needs-information'],
    ['denied', null, 'denied'],
    ['approved', 'enabling', 'awaiting-restart'],
    ['approved', 'effective', 'effective'],
    ['approved', 'expiring', 'revoking'],
    ['approved', 'revoked', 'revoked'],
    // Out of its reader's sight since the subscription changed hands.
    ['approved', null, 'moved'],
  ] as const)('of %s with %s is %s', (request, exemption, status) => {
    expect(statusOf(request, exemption)).toBe(status);
  });

  it('leads back to exactly the states it is derived from', () => {
    for (const request of requestStates)
      for (const exemption of request === 'approved' ? exemptionStates : [null]) {
        const status = statusOf(request, exemption);
        const behind = statesOfStatus(status);
        expect(behind.states).toContain(request);
        if (exemption !== null) expect(behind.exemptionStates).toContain(exemption);
        for (const other of requestStatuses.filter((one) => one !== status)) {
          const { states, exemptionStates: needed } = statesOfStatus(other);
          const alsoThere =
            states.includes(request) && (exemption === null || needed?.includes(exemption) === true);
          expect(alsoThere).toBe(false);
        }
      }
  });
});

describe('port 25', () => {
  it.each([
    ['open', 'suspended', false, 'open'],
    ['blocked', 'enabling', false, 'restart-pending'],
    ['unknown', 'effective', false, 'exempt'],
    ['blocked', 'suspended', false, 'blocked'],
    ['blocked', 'revoking', false, 'blocked'],
    ['blocked', 'expiring', true, 'blocked'],
    ['blocked', null, true, 'revoked'],
    ['unknown', null, true, 'revoked'],
    ['unknown', null, false, 'unknown'],
    ['blocked', null, false, 'blocked'],
  ] as const)(
    'by policy %s, exemption %s, revoked %s: %s',
    (policy, live, revokedSinceLastGrant, expected) => {
      expect(port25Of({ policy, live, revokedSinceLastGrant })).toBe(expected);
    },
  );
});

it('progress counts what is under way as waiting, and machines created after not at all', () => {
  const counts = {
    waiting: 1,
    deallocating: 2,
    starting: 3,
    restarted: 4,
    gone: 1,
    absent: 2,
    'created-after': 9,
    superseded: 9,
  };
  expect(progressOf(counts)).toEqual({
    total: 13,
    restarted: 4,
    resting: 0,
    waiting: 6,
    blocked: 0,
    failed: 0,
    skipped: 0,
    absent: 2,
    gone: 1,
  });
});
