import { z } from 'zod';
import { at, blocker, id, orNull } from './common.js';

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
