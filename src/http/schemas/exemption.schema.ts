import { z } from 'zod';
import { actorRef, at, blocker, id, instant, orNull, reason, text, uuid, word } from './common.js';
import { findingParts } from './finding.schema.js';
import { previewNote } from './preview.schema.js';

/** "25%" or a number of machines. */
const maxUnavailable = z.union([
  z.number().int().min(1, 'At least 1.').max(100_000),
  z.string().regex(/^([1-9][0-9]?|100)%$/, 'Give a number of machines, or a percentage such as "25%".'),
]);

const window = z
  .strictObject({ startsAt: instant, endsAt: instant })
  .refine(({ startsAt, endsAt }) => startsAt < endsAt, { message: 'A window ends after it begins.' });

/** The body of `PUT …/restart-plan`: a plan is replaced whole; what is left out is as in the default plan. */
export const restartPlanBody = z
  .strictObject({
    mode: z.enum(['managed', 'observed']),
    window: z.union([window, z.null()]).default(null),
    maxUnavailable: maxUnavailable.default(1),
    canary: z.boolean().default(true),
  })
  .meta({ id: 'RestartPlan' });

/** The same beside a request, each field optional: what is left out is as in the default plan. */
export const restartPlanPart = z.strictObject({
  mode: z.enum(['managed', 'observed']).optional(),
  window: z.union([window, z.null()]).optional(),
  maxUnavailable: maxUnavailable.optional(),
  canary: z.boolean().optional(),
});

export const progress = z
  .object({
    total: z.number().int(),
    restarted: z.number().int(),
    resting: z.number().int(),
    waiting: z.number().int(),
    blocked: z.number().int(),
    failed: z.number().int(),
    skipped: z.number().int(),
    absent: z.number().int(),
    gone: z.number().int(),
  })
  .meta({ id: 'Progress' });

export const planAnswer = z.object({
  mode: z.string(),
  window: orNull(z.object({ startsAt: at, endsAt: at })),
  maxUnavailable: z.union([z.number(), z.string()]),
  canary: z.boolean(),
});

const ready = orNull(z.boolean());
const addressReview = z
  .object({
    lookedAt: orNull(at),
    ready,
    addresses: z.array(
      z.object({ machine: z.string(), address: z.string(), ready, notes: z.array(previewNote) }),
    ),
    more: z.number().int(),
    notes: z.array(previewNote),
    problem: orNull(previewNote),
  })
  .meta({ id: 'AddressReview' });
const addressFinding = z
  .object({ address: orNull(z.string()), ...findingParts })
  .meta({ id: 'AddressFinding' });

const suspension = z
  .object({
    at,
    closeRunning: z.boolean(),
    message: orNull(z.string()),
    reasons: z.array(reason),
    grounds: z.array(z.object({ at, reasons: z.array(reason) })),
    receipt: orNull(z.string()),
  })
  .meta({ id: 'Suspension' });

export const exemptionAnswer = z
  .object({
    id,
    subscriptionId: id,
    customerTenantId: id,
    requestId: id,
    state: z.string(),
    pack: z.string(),
    grantedAt: at,
    effectiveAt: orNull(at),
    expiresOn: orNull(at),
    endedAt: orNull(at),
    conditions: orNull(z.string()),
    gate: orNull(
      z.object({
        state: z.string(),
        position: z.string(),
        fence: z.number().int(),
        orderedAt: at,
        movedAt: orNull(at),
        appliesTo: z.string(),
      }),
    ),
    progress,
    restartPlan: planAnswer,
    stillOpen: orNull(z.number().int()),
    problem: orNull(blocker),
    addressReview: orNull(addressReview),
    suspension: orNull(suspension),
    reinstatement: orNull(z.object({ at, receipt: z.string() })),
    revocation: orNull(z.object({ at, reasons: z.array(reason), receipt: orNull(z.string()) })),
    links: z.object({
      self: z.string(),
      request: z.string(),
      subscription: z.string(),
      virtualMachines: z.string(),
      restartPlan: z.string(),
    }),
  })
  .meta({ id: 'Exemption' });

const adminParts = {
  grantedBy: actorRef,
  fence: z.number().int(),
  theirFence: orNull(z.number().int()),
  suspendedBy: orNull(actorRef),
  firstReinstatement: orNull(z.object({ by: actorRef, at })),
  movedAt: orNull(at),
  revokedBy: orNull(actorRef),
  violationId: orNull(id),
  internalReason: orNull(z.string()),
  humanNeededSince: orNull(at),
  humanNeededFor: orNull(blocker),
  lastLookedAt: orNull(at),
  logReadAt: orNull(at),
  logProblem: orNull(blocker),
  addressFindings: z.array(addressFinding),
};
export const adminExemptionAnswer = exemptionAnswer.extend(adminParts).meta({ id: 'AdminExemption' });

export const historyLine = z
  .object({
    sequence: z.number().int(),
    aggregate: z.string(),
    version: z.number().int(),
    from: orNull(z.string()),
    to: z.string(),
    event: z.looseObject({ type: z.string() }),
    at,
    by: actorRef,
    texts: z.record(z.string(), z.string()),
  })
  .meta({ id: 'HistoryLine' });
const machineLine = historyLine.extend({ vmId: z.string(), name: z.string() }).meta({ id: 'MachineLine' });
export const exemptionReviewAnswer = adminExemptionAnswer
  .extend({ history: z.array(historyLine), machineHistory: z.array(machineLine) })
  .meta({ id: 'ExemptionReview' });

export const machineAnswer = z
  .object({
    vmId: z.string(),
    name: z.string(),
    resourceId: z.string(),
    elsewhere: orNull(z.object({ subscriptionId: orNull(z.string()) })),
    direction: z.string(),
    state: z.string(),
    powerState: z.string(),
    exempt: z.boolean(),
    because: orNull(z.string()),
    blocker: orNull(blocker),
    evidence: z
      .array(z.object({ kind: z.string(), rank: z.string(), fact: z.string(), at, source: z.string() }))
      .meta({ description: 'What is known of the machine: the latest five pieces of each kind.' }),
  })
  .meta({ id: 'VirtualMachine' });

export const machineParams = z.strictObject({ id: uuid, vmId: word(100) });
/** What an owner may say of a machine; anything else is seen better than it is told. */
export const statementBody = z
  .strictObject({ statement: z.literal('stopped-and-started') })
  .meta({ id: 'MachineStatement' });

export const suspendBody = z
  .strictObject({
    reasonCode: word(100),
    violationId: uuid.optional(),
    internalReason: text(4_000),
    closeRunning: z.boolean(),
  })
  .meta({ id: 'SuspendExemption' });
export const reinstateBody = z
  .strictObject({ internalReason: text(4_000) })
  .meta({ id: 'ReinstateExemption' });
export const revokeBody = z
  .strictObject({
    reasonCode: word(100),
    violationId: uuid.optional(),
    internalReason: text(4_000),
  })
  .meta({ id: 'RevokeExemption' });
export const steerBody = z.strictObject({ reason: text(4_000) }).meta({ id: 'SteerRestart' });
