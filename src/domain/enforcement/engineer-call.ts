import type { Effect } from '../effects.js';
import type { EngineerCall } from '../ports/engineers.js';
import { worded } from './human-need.js';
import type { Restart } from './restart.js';
import type { Trouble } from './troubles.js';

type Called = Extract<Effect, { readonly type: 'call-engineer' }>;

const namedAtMost = 10;

/** What an engineer is told of a trouble. It may be over by the time that it is told: then that is what is said. */
export function engineerCall(
  called: Called,
  { subscriptionId, troubles }: { readonly subscriptionId: string; readonly troubles: readonly Trouble[] },
  key: string,
): EngineerCall {
  const { exemptionId, trouble: kind, code: cause } = called;
  const present = troubles.filter(
    (one) =>
      one.kind === kind &&
      one.code === cause &&
      one.direction === called.direction &&
      one.fence === called.fence,
  );
  const restarts = present.flatMap((one) => one.restarts);
  const page = `/v1/admin/exemptions/${exemptionId}`;
  return {
    ...{ exemptionId, subscriptionId, cause, key },
    need: worded(present, kind) ?? isOver,
    count: restarts.length,
    machines: restarts.slice(0, namedAtMost).map(({ name, vmId }) => ({ name, vmId })),
    steps: [
      `GET ${page} says what is needed; ${page.replace('/admin', '')}/virtual-machines has a row a machine.`,
      `Once the cause is removed: POST ${page}/restarts/{vmId}/retry. What is waiting: GET /v1/admin/exemptions?needsHuman=true`,
    ],
  };
}

const isOver = {
  code: 'over-already',
  message: 'It is over already, or has another cause by now: the exemption’s page says how it stands.',
};

/** What an engineer is told of a stop that came late, and that nobody undoes any more: the machine may be down by our doing. */
export function notUndoneCall(
  {
    exemptionId,
    subscriptionId,
    name,
    vmId,
  }: Pick<Restart, 'exemptionId' | 'subscriptionId' | 'name' | 'vmId'>,
  effectId: string,
): EngineerCall {
  return {
    ...{ exemptionId, subscriptionId, cause: 'late-stop', key: effectId },
    need: {
      code: 'late-stop-not-undone',
      message: `Postern may have stopped ${name} after it was restarted, by a call that came late, and failed again and again to undo it. Look at it in the portal: if it is stopped (deallocated), and not by its owner, start it.`,
    },
    count: 1,
    machines: [{ name, vmId }],
    steps: [
      `GET /v1/admin/exemptions/${exemptionId} says how its machines stand.`,
      `Once the cause is mended, Postern does it: POST /v1/admin/effects/${effectId}/requeue`,
    ],
  };
}
