import { CallHandler, ExecutionContext, Injectable, NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import type { StoredAnswer } from '../domain/ports/unit-of-work.js';

/** An answer whole: what is sent is what is kept for a repeated idempotency key. */
export type Rendered = StoredAnswer;

/** Renders a resource with its version as strong ETag; the version is not part of the body. */
export function rendered(
  status: number,
  resource: object,
  headers: Readonly<Record<string, string>> = {},
): Rendered {
  const { version, ...body } = resource as { readonly version?: number };
  return {
    status,
    headers: version === undefined ? headers : { ...headers, etag: `"${String(version)}"` },
    body,
  };
}

/** Sends what a handler rendered: status, headers, body. */
@Injectable()
export class SendRendered implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((answer: Rendered | undefined) => {
        if (answer === undefined) return undefined; // a stream answers by itself
        const { link } = answer.headers;
        // A deprecated route has links already: theirs and the next page's stand side by side.
        const before = link === undefined ? undefined : reply.getHeader('link');
        void reply.status(answer.status).headers({ ...answer.headers });
        if (link !== undefined && before !== undefined)
          void reply.header('link', `${String(before)}, ${link}`);
        return answer.body;
      }),
    );
  }
}
