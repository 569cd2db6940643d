import { z } from 'zod';
import { at, blocker, id, orNull, problem } from './common.js';
import { relationshipTerms } from './registry.schema.js';
import { requestAnswer, submitBody } from './request.schema.js';

/** A proof of control as platform staff see it: that something was shown, and never with what. */
export const controlProofReview = z
  .object({
    id,
    subscriptionId: id,
    state: z.string(),
    askedAt: at,
    expiresAt: at,
    checkedAt: orNull(at),
    provenAt: orNull(at),
    problem: orNull(blocker),
  })
  .meta({ id: 'ControlProofReview' });
export const controlProofAnswer = controlProofReview
  .extend({
    askedBy: z.string(),
    tag: orNull(z.object({ name: z.string(), value: z.string() })),
  })
  .meta({ id: 'ControlProof' });

/** As many as fit into a body of 256 kB at 5 kB each; each is judged by itself, and told what is wrong with it. */
const mostRequests = 50;
const several = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .min(1, 'Give at least one request.')
    .max(mostRequests, `Give at most ${String(mostRequests)} requests; send the others in another batch.`);
export const batchBody = z.strictObject({ requests: several(z.unknown()) });
export const batchDocumented = z.strictObject({ requests: several(submitBody) }).meta({ id: 'SubmitBatch' });
export const batchAnswer = z
  .object({
    items: z.array(
      z.object({
        index: z.number().int(),
        status: z.number().int(),
        id: id.optional(),
        location: z.string().optional(),
        etag: z.string().optional(),
        request: requestAnswer.optional(),
        problem: problem.optional(),
      }),
    ),
    filed: z.number().int(),
    notFiled: z.number().int(),
  })
  .meta({ id: 'BatchResult' });

const waitingList = z
  .object({
    total: z.number().int().describe('All that wait; items has those that are due first.'),
    items: z.array(
      z.object({
        what: z.string(),
        message: z.string(),
        requestId: id,
        subscriptionId: id,
        exemptionId: orNull(id),
        since: at,
        due: orNull(at),
        machines: orNull(z.number().int()),
        links: z.object({ request: z.string(), act: orNull(z.string()) }),
      }),
    ),
  })
  .meta({ id: 'WaitingList' });
export const portfolioItem = z
  .object({
    customerTenantId: id,
    name: z.string(),
    relationship: relationshipTerms,
    subscriptions: z.number().int(),
    requests: z.record(z.string(), z.number().int()).describe('How many of each status you filed.'),
    waitingFor: z.object({ partner: waitingList, customer: waitingList, platform: waitingList }),
    links: z.object({ requests: z.string() }),
  })
  .meta({ id: 'PortfolioItem' });
