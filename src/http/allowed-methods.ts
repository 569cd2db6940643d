import { allRoutes } from './routes.js';

const openPaths = ['/livez', '/readyz', '/metrics', '/openapi.json', '/docs', '/problems/:code'];

const known = [...allRoutes, ...openPaths.map((path) => ({ path, method: 'GET' }))].map(
  ({ path, method }) => ({ method, pattern: new RegExp(`^${path.replace(/:[A-Za-z]+/g, '[^/]+')}/?$`) }),
);

/** What a path takes, for `Allow` where it was asked for something else; null for a path that there is not. */
export function allowedMethods(pathname: string): string | null {
  const methods = new Set(known.filter(({ pattern }) => pattern.test(pathname)).map(({ method }) => method));
  if (methods.size === 0) return null;
  return [...methods, ...(methods.has('GET') ? ['HEAD'] : [])].toSorted().join(', ');
}
