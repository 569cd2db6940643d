import { createHmac } from 'node:crypto';

/** The run-time role that the migrations make. */
const appRole = 'postern_app';

/**
 * The application's password, derived from the owner's, so that every launcher comes to the same one without
 * storing it. A real deployment sets its own and gives `DATABASE_APP_URL`.
 */
function appPassword(ownerUrl: URL): string {
  const key = decodeURIComponent(ownerUrl.password) || 'postern';
  return createHmac('sha256', key).update(appRole).digest('base64url');
}

/** The application's URL for the database that `ownerUrl` names. */
export function appUrlOf(ownerUrl: string): string {
  const url = new URL(ownerUrl);
  const password = appPassword(url);
  url.username = appRole;
  url.password = password;
  return url.href;
}
