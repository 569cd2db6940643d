import * as admin from './admin/admin.routes.js';
import * as events from './events/events.routes.js';
import * as audit from './admin/audit.routes.js';
import * as people from './admin/people.routes.js';
import * as review from './admin/review.routes.js';
import * as partner from './requester/partner.routes.js';
import * as requester from './requester/requester.routes.js';
import type { AnyRoute } from './route.js';

const inOrder = (a: AnyRoute, b: AnyRoute) =>
  a.path === b.path ? (a.method < b.method ? -1 : 1) : a.path < b.path ? -1 : 1;

/** THE list of routes under /v1, in an order of their own: what is served, guarded and documented. */
export const allRoutes: readonly AnyRoute[] = [
  ...Object.values<AnyRoute>(requester),
  ...Object.values<AnyRoute>(partner),
  ...Object.values<AnyRoute>(review),
  ...Object.values<AnyRoute>(admin),
  ...Object.values<AnyRoute>(people),
  ...Object.values<AnyRoute>(audit),
  ...Object.values<AnyRoute>(events),
].toSorted(inOrder);

/** What the routes are about, in the order of the document. */
export const tags: Readonly<Record<string, string>> = {
  Eligibility: 'Whether a subscription could be exempted, and why.',
  Subscriptions: 'The registered facts of subscriptions, and what port 25 is like for them.',
  'Exemption requests': 'Filing a request, and following it.',
  Portfolio: 'What a partner sees of its customers.',
  Exemptions: 'What was granted, machine by machine.',
  'Admin: requests': 'The review queue and its decisions.',
  'Admin: exemptions': 'Suspending, reinstating, revoking, and steering restarts.',
  'Admin: violations': 'Alleged breaches of the terms, and what was found of them.',
  'Admin: registry': 'Who is who: tenants, relationships, subscriptions.',
  'Admin: people': 'Erasing what is kept of people.',
  'Admin: audit': 'What was done, read and refused, and the proof that nothing of it was changed since.',
  'Admin: operations': 'What is in force, and work that gave up.',
  Events: 'Word from the cloud: hints, which prove nothing and have machines looked at.',
  Policy: 'The versions of the policy, as data.',
  Service: 'Health, metrics and documentation; no token needed.',
};
