import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** What the router really has, as `METHOD /path`: read from its own tree, not from any list of ours. */
export function servedRoutes(app: NestFastifyApplication): readonly string[] {
  const tree = app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const above: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const parts = /^([ │]*)[├└]── (.*?)(?: \(([A-Z, ]+)\))?$/.exec(line);
    if (parts === null) return [];
    const [, indent = '', segment = '', methods = ''] = parts;
    const depth = indent.length / 4; // a level is drawn four signs wide
    above.splice(depth, above.length, segment);
    const path = above.join('');
    return methods.split(', ').flatMap((method) => (method === '' ? [] : [`${method} ${path}`]));
  });
}
