import type { Instant } from '../instants.js';
import type { RestartScene } from '../ports/restart-scenes.js';
import { durationOf, type PlanDuration } from './preview-duration.js';
import { type PreviewNote, words } from './preview-words.js';
import { outlookOn, type RestartOutlook } from './restart-outlook.js';
import type { RestartPlan } from './restart-plan.js';

/** What a restart plan would do, before anything is stopped (docs/enforcement.md). Null is unknown, and `unknown` says why. */
export interface RestartPreview extends Omit<RestartOutlook, 'size'> {
  /** Null where it is not known, or where the plan would stand still. */
  readonly duration: PlanDuration | null;
}

export interface Previewed {
  readonly preview: RestartPreview | null;
  /** Why there is none, or none that is newer; null where nothing is wrong. */
  readonly previewUnavailable: PreviewNote | null;
}

/** As many as are told one by one to whoever asks; their number is told whole. */
const mostShown = 100;

/** Makes the preview of a plan for a subscription that is registered with this tenant, from what was seen. Pure. */
export function previewRestarts(
  scene: RestartScene,
  plan: RestartPlan,
  { tenantId, at }: { readonly tenantId: string; readonly at: Instant },
): Previewed {
  const looked = outlookOn(scene, { tenantId, at, mostShown });
  if (looked.kind !== 'seen') return { preview: null, previewUnavailable: looked.why };
  return { preview: previewOf(looked.outlook, plan), previewUnavailable: null };
}

/** What a plan would do by an outlook: the outlook holds for every plan, how long it takes is the plan's own. Pure. */
export function previewOf({ size, ...outlook }: RestartOutlook, plan: RestartPlan): RestartPreview {
  const duration = size === null ? null : durationOf(plan, size);
  const standsStill = size !== null && duration === null;
  const unknown = [...(standsStill ? [words.standstill(size.down)] : []), ...outlook.unknown];
  return { ...outlook, duration, unknown };
}
