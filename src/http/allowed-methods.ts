import { healthPaths } from './openapi-health.js';
import { allRoutes } from './routes.js';

const openPaths = Object.keys(healthPaths).map((path) => path.replace(/\{([^{}]+)\}/g, ':$1'));

const known = [...allRoutes, ...openPaths.map((path) => ({ path, method: 'GET' }))].map(
  ({ path, method }) => ({ method, pattern: new RegExp(`^${path.replace(/:[A-Za-z]+/g, '[^/]+')}/?$`) }),
);

/** What a path takes, for `Allow` where it was asked for something else; null for a path that there is not. */
export function allowedMethods(pathname: string): string | null {
  const methods = new Set(known.filter(({ pattern }) => pattern.test(pathname)).map(({ method }) => method));
  if (methods.size === 0) return null;
  return [...methods, ...(methods.has('GET') ? ['HEAD'] : [])].toSorted().join(', ');
}
