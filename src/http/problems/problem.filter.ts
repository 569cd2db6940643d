import { Catch, Injectable, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { notFound, RefusedError } from '../../domain/refusals.js';
import { allowedMethods } from '../allowed-methods.js';
import { ApiLog } from '../api-log.js';
import { ScopeProbe } from '../access/scope-probe.js';
import { InvalidInput } from './invalid-input.js';
import { answerOf } from './problem.js';

/** The one edge for errors: whatever is thrown becomes a problem document, and nothing of it leaks. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: ApiLog,
    private readonly probe: ScopeProbe,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const known = await this.whatComesFirst(error, request);
    const traceId = request.postern.traceId;
    const answer = answerOf(known, request.url.split('?')[0] ?? '', traceId);
    if (answer.status >= 500) this.log.failure(known, traceId);
    if (reply.sent) return;
    if (known instanceof RefusedError) request.postern = { ...request.postern, refusal: known };
    if (request.is404) tellWhatIsAllowed(request, reply);
    void reply
      .status(answer.status)
      .headers({ ...answer.headers })
      .send(answer.body);
  }

  /**
   * "Not there, or out of scope" is decided before anything about the body (openapi.json, order of statuses): so that
   * nobody learns from a 400 that something exists. Only a bad body pays for the look. A path that no route has is not there
   * whatever is sent to it.
   */
  private async whatComesFirst(error: unknown, request: FastifyRequest): Promise<unknown> {
    const status = answerOf(error, '', '').status;
    const aboutTheBody = status === 413 || status === 415 || (status === 400 && !isAboutThePath(error));
    if (!aboutTheBody) return error;
    if (request.is404) return notFound();
    try {
      await this.probe.mustBeInScope(request);
      return error;
    } catch (outOfScope) {
      return outOfScope instanceof RefusedError ? outOfScope : error;
    }
  }
}

function isAboutThePath(error: unknown): boolean {
  return error instanceof InvalidInput && error.where === 'path';
}

/** The path is there, but not for this method: still 404, as for all that is absent, with what there is (RFC 9110). */
function tellWhatIsAllowed(request: FastifyRequest, reply: FastifyReply): void {
  const allowed = allowedMethods(request.url.split('?')[0] ?? '');
  if (allowed !== null) void reply.header('allow', allowed);
}
