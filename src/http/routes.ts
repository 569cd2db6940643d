import * as admin from './admin/admin.routes.js';
import * as review from './admin/review.routes.js';
import * as requester from './requester/requester.routes.js';
import type { AnyRoute } from './route.js';

/** THE list of routes under /v1: what is served, guarded and documented. */
export const allRoutes: readonly AnyRoute[] = [
  ...Object.values<AnyRoute>(requester),
  ...Object.values<AnyRoute>(review),
  ...Object.values<AnyRoute>(admin),
];
