import type { Caller } from '../../domain/access/actor.js';
import { type KeptPreview, shownPreview } from '../../domain/enforcement/kept-preview.js';
import type { Previewed } from '../../domain/enforcement/preview.js';
import type { Instant } from '../../domain/instants.js';
import type { Transaction } from '../../domain/ports/unit-of-work.js';
import type { ExemptionRequest } from '../../domain/request/request.js';
import { planAhead } from '../plan-ahead.js';
import { type RequestView, viewRequest } from './request-view.js';

/** One request by itself: with what restarting its machines would do, as it was seen last. */
export interface RequestPage extends RequestView, Previewed {}

/** A request's page. The caller's scope was checked before. */
export async function viewRequestPage(
  tx: Transaction,
  { request, kept }: { readonly request: ExemptionRequest; readonly kept: KeptPreview | null },
  caller: Caller,
  now: Instant,
): Promise<RequestPage> {
  return { ...(await viewRequest(tx, request, caller, now)), ...(await viewPreview(tx, request, kept, now)) };
}

/** What was kept, under the plan as it is now; nothing once the first machine has begun. The cloud is not asked. */
export async function viewPreview(
  tx: Transaction,
  request: ExemptionRequest,
  kept: KeptPreview | null,
  now: Instant,
): Promise<Previewed> {
  const plan = kept === null ? null : await planAhead(tx, request, now);
  return plan === null ? { preview: null, previewUnavailable: null } : shownPreview(kept, plan);
}
