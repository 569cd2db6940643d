import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A page that is made once a process: its bytes, what they are, and their strong entity tag. */
export interface UnchangingPage {
  readonly type: string;
  readonly text: string;
  readonly etag: string;
}

/** Makes a page when somebody asks for the first time, and keeps it. */
export function madeOnce(type: string, make: () => string): () => UnchangingPage {
  let made: UnchangingPage | null = null;
  return () => {
    if (made === null) {
      const text = make();
      const digest = createHash('sha256').update(text).digest('base64url').slice(0, 27);
      made = { type, text, etag: `"${digest}"` };
    }
    return made;
  };
}

/** Sends it, or 304 to whoever has it already; a cache may keep it, and asks whether it still holds. */
export function sendUnchanging(page: UnchangingPage, request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers({ etag: page.etag, 'cache-control': 'public, no-cache' }).removeHeader('vary');
  if (isHeld(page.etag, request.headers['if-none-match'])) void reply.status(304).send();
  else void reply.type(page.type).send(page.text);
}

/** Compared weakly, as RFC 9110 section 13.1.2 asks for; `*` holds whatever there is. */
export function isHeld(etag: string, header: string | undefined): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const opaque = (tag: string) => tag.replace(/^W\//, '');
  return [...header.matchAll(/(?:W\/)?"[^"]*"/g)].some(([tag]) => opaque(tag) === opaque(etag));
}
