import { z } from 'zod';
import { at, orNull } from './common.js';

const affected = z
  .object({
    count: z.number().int(),
    machines: z.array(z.object({ name: z.string(), resourceId: z.string(), message: z.string() })),
    truncated: z.boolean(),
  })
  .meta({ id: 'AffectedMachines' });

export const previewNote = z.object({ code: z.string(), message: z.string() }).meta({ id: 'PreviewNote' });

/** What a restart plan would do to the machines of a subscription. What is null is unknown; `unknown` says why. */
export const restartPreview = z
  .object({
    lookedAt: at,
    machines: z.number().int(),
    running: orNull(z.number().int()),
    losesAddress: orNull(affected),
    losesTemporaryDisk: affected,
    cannotBeDeallocated: affected,
    groups: z.array(
      z.object({ kind: z.string(), name: z.string(), machines: z.number().int(), message: z.string() }),
    ),
    moreGroups: z.number().int(),
    duration: orNull(z.object({ waves: z.number().int(), minutes: z.number().int(), message: z.string() })),
    unknown: z.array(previewNote),
  })
  .meta({ id: 'RestartPreview' });

/** The same on the pages of a request: what a worker saw last. */
export const previewParts = { preview: orNull(restartPreview), previewUnavailable: orNull(previewNote) };
