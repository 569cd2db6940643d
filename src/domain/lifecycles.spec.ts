import { lifecycles } from './lifecycles.js';
import type { AggregateName } from './lifecycle-table.js';

/** The graphs as docs/architecture.md draws them, typed in by hand: event, from, to. */
const drawn: Readonly<Record<AggregateName, readonly string[]>> = {
  request: [
    'submitted ∅ checking',
    'checksEnded checking reviewing',
    'checksEnded checking approved',
    'informationRequested reviewing awaiting-information',
    'informationGiven awaiting-information checking',
    'recheckRequested reviewing checking',
    'approved reviewing approved',
    'approved reviewing second-reviewing',
    'approved second-reviewing approved',
    'endedByPolicy checking withdrawn',
    'endedByPolicy reviewing withdrawn',
    'endedByPolicy awaiting-information withdrawn',
    'endedByPolicy second-reviewing withdrawn',
    'denied reviewing denied',
    'denied second-reviewing denied',
    'withdrawn checking withdrawn',
    'withdrawn reviewing withdrawn',
    'withdrawn awaiting-information withdrawn',
    'withdrawn second-reviewing withdrawn',
    'patienceExceeded awaiting-information lapsed',
  ],
  exemption: [
    'granted ∅ enabling',
    'enabled enabling effective',
    'suspended enabling suspended',
    'suspended effective suspended',
    'reinstated suspended enabling',
    'reinstated suspended suspended',
    'groundSeen suspended suspended',
    'revocationOrdered expiring revoking',
    'revocationOrdered enabling revoking',
    'revocationOrdered effective revoking',
    'revocationOrdered suspended revoking',
    'expiryReached enabling expiring',
    'expiryReached effective expiring',
    'expiryReached suspended expiring',
    'closed revoking revoked',
    'closed expiring expired',
    'planChanged enabling enabling',
    'planChanged effective effective',
    'fenceAdopted enabling enabling',
    'fenceAdopted suspended suspended',
    'fenceAdopted revoking revoking',
    'fenceAdopted expiring expiring',
  ],
  restart: [
    'planned ∅ waiting',
    'planned ∅ absent',
    'planned ∅ blocked',
    'planned ∅ resting',
    'planned ∅ restarted',
    'planned ∅ created-after',
    'stoppedLate ∅ starting',
    'deallocationBegun waiting deallocating',
    'foundOtherwise deallocating deallocating',
    'heldBack deallocating waiting',
    'heldBack deallocating superseded',
    'startResumed waiting starting',
    'stillRunning waiting waiting',
    'hostLost deallocating starting',
    'hostLost deallocating resting',
    'running deallocating restarted',
    'running starting restarted',
    'running resting restarted',
    'blocked waiting blocked',
    'blocked deallocating blocked',
    'blocked starting blocked',
    'blocked blocked blocked',
    'blocked failed blocked',
    'unblocked blocked waiting',
    'gaveUp waiting failed',
    'gaveUp deallocating failed',
    'gaveUp starting failed',
    'retried failed waiting',
    'retried blocked waiting',
    'retried blocked gone',
    'retried skipped waiting',
    'retried absent gone',
    'skipOrdered waiting skipped',
    'skipOrdered blocked skipped',
    'skipOrdered failed skipped',
    'planSuperseded waiting superseded',
    'planSuperseded blocked superseded',
    'planSuperseded failed superseded',
    'planSuperseded skipped superseded',
    'planSuperseded absent superseded',
    'planSuperseded resting superseded',
    'goneSeen waiting gone',
    'goneSeen deallocating gone',
    'goneSeen starting gone',
    'goneSeen blocked gone',
    'goneSeen failed gone',
    'goneSeen skipped gone',
    'goneSeen absent gone',
    'goneSeen resting gone',
    'absentSeen waiting absent',
    'absentSeen deallocating absent',
    'absentSeen blocked absent',
    'absentSeen failed absent',
    'absentSeen skipped absent',
    'absentSeen resting absent',
    'absentSeen absent absent',
    'foundAgain absent waiting',
    'createdHere waiting created-after',
    'ownerStopped deallocating resting',
    'ownerStopped starting resting',
    'ownerReleased waiting resting',
    'ownerReleased blocked resting',
    'ownerReleased failed resting',
    'ownerReleased skipped resting',
    'ownerCycled waiting restarted',
    'ownerCycled blocked restarted',
    'ownerCycled failed restarted',
    'ownerCycled skipped restarted',
    'troubleSeen starting starting',
    'troubleSeen deallocating deallocating',
    'troubleSeen waiting waiting',
  ],
  gate: [
    'openingOrdered ∅ opening',
    'openingOrdered closed opening',
    'openingOrdered closing opening',
    'openingOrdered open opening',
    'openingOrdered opening opening',
    'closingOrdered open closing',
    'closingOrdered opening closing',
    'closingOrdered closed closing',
    'closingOrdered closing closing',
    'closingOrdered disputed disputed',
    'moved opening open',
    'moved closing closed',
    'disputed opening disputed',
    'disputed closing disputed',
    'fenceAdopted disputed opening',
    'fenceAdopted disputed closing',
  ],
  violation: ['recorded ∅ alleged', 'confirmed alleged confirmed', 'dismissed alleged dismissed'],
};

describe.each(lifecycles.map((lifecycle) => [lifecycle.name, lifecycle] as const))(
  'the lifecycle of a %s',
  (name, lifecycle) => {
    const arrows = lifecycle.arrows.map((arrow) => `${arrow.event} ${arrow.from ?? '∅'} ${arrow.to}`);

    it('has exactly the arrows that were drawn, for every state and every event (I4)', () => {
      expect(arrows.toSorted()).toEqual(drawn[name].toSorted());
    });

    it('reaches every state, leaves every non-final one, waits nowhere without patience (I4)', () => {
      expect(lifecycle.problems).toEqual([]);
    });

    it('leaves no final state (I4)', () => {
      const finals = Object.entries(lifecycle.states).filter(([, kind]) => kind.kind === 'final');
      expect(finals.length).toBeGreaterThan(name === 'gate' ? -1 : 0);
      for (const [state] of finals)
        expect(lifecycle.arrows.filter((arrow) => arrow.from === state)).toEqual([]);
    });

    it('draws each of its states in its picture', () => {
      for (const state of Object.keys(lifecycle.states)) expect(lifecycle.mermaid).toContain(`"${state}"`);
    });
  },
);
