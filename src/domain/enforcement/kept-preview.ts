import { addMilliseconds, type Instant } from '../instants.js';

import { type Previewed, previewOf } from './preview.js';
import type { PreviewNote } from './preview-words.js';
import type { Looked, RestartOutlook } from './restart-outlook.js';
import type { RestartPlan } from './restart-plan.js';

/** What a worker saw of the machines that a request is about, kept for its pages until they begin to be restarted. */
export interface KeptPreview {
  readonly requestId: string;
  readonly tenantId: string;
  /** What the last look saw that saw anything; null before there was one. */
  readonly outlook: RestartOutlook | null;
  /** Why the latest look saw nothing; null where it did. */
  readonly problem: PreviewNote | null;
  /** Looks in a row that saw nothing. */
  readonly misses: number;
}

/** The shape of what is kept: what was kept in another one is as if nobody had looked yet, and is made anew within a day. */
export const outlookShape = 1;

/** As many as a request's page tells one by one: it is read again and again. Whoever asks for more is told a hundred. */
export const mostKept = 25;

/** A preview is a day old at most while the cloud answers. */
const freshForMs = 86_400_000;
/** After a look that saw nothing: 1, 2, 4, 8, 16 and 32 minutes; then as seldom as where all is well. */
const firstAgainMs = 60_000;
const mostTries = 6;

/** What is kept after a look. What was seen before stays, with its age, unless it is somebody else's by now. */
export function afterLook(
  { requestId, tenantId }: Pick<KeptPreview, 'requestId' | 'tenantId'>,
  kept: KeptPreview | null,
  looked: Looked,
): KeptPreview {
  if (looked.kind === 'seen')
    return { requestId, tenantId, outlook: looked.outlook, problem: null, misses: 0 };
  const outlook = looked.kind === 'of-another-tenant' ? null : (kept?.outlook ?? null);
  return { requestId, tenantId, outlook, problem: looked.why, misses: (kept?.misses ?? 0) + 1 };
}

/** When the machines are looked at again: soon where nothing was seen, a bounded number of times, and else once a day. */
export function nextLookAt({ misses }: Pick<KeptPreview, 'misses'>, now: Instant): Instant {
  const isSoon = misses > 0 && misses <= mostTries;
  return addMilliseconds(now, isSoon ? firstAgainMs * 2 ** (misses - 1) : freshForMs);
}

/** Why a preview is not looked for any more: the work on it failed again and again, and was given up. */
export const previewGivenUp: PreviewNote = {
  code: 'preview-given-up',
  message:
    'Making the preview failed again and again, and was given up. An Operator can requeue it; `POST /v1/eligibility` makes one at once.',
};

/** What a page shows: what was seen, under the plan as it is now. Nothing where nobody has looked yet. Pure. */
export function shownPreview(kept: KeptPreview | null, plan: RestartPlan): Previewed {
  const outlook = kept?.outlook ?? null;
  return {
    preview: outlook === null ? null : previewOf(outlook, plan),
    previewUnavailable: kept?.problem ?? null,
  };
}
