import { Controller, Get, Headers, Param, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { notFound } from '../domain/refusals.js';
import { openApiDocument } from './openapi.js';
import { docsPage, problemPage } from './pages.js';
import { meaningOf } from './problems/catalogue.js';
import { madeOnce, sendUnchanging } from './unchanging.js';
import { Readiness } from '../domain/ports/readiness.js';

const document = madeOnce('application/json; charset=utf-8', () => JSON.stringify(openApiDocument()));
const routesPage = madeOnce('text/html; charset=utf-8', docsPage);

/** Health, and the pages that explain: no token needed, and next to nothing to do for them. */
@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('/livez')
  @RouteConfig({})
  livez(@Res() reply: FastifyReply): void {
    void reply.type('text/plain; charset=utf-8').send('alive\n');
  }

  @Get('/readyz')
  @RouteConfig({})
  async readyz(@Res() reply: FastifyReply): Promise<void> {
    const ready = await this.readiness.isReady();
    void reply
      .status(ready ? 200 : 503)
      .headers(ready ? {} : { 'retry-after': '2' })
      .type('text/plain; charset=utf-8')
      .send(ready ? 'ready\n' : 'not ready\n');
  }

  @Get('/openapi.json')
  @RouteConfig({})
  openapi(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendUnchanging(document(), request, reply);
  }

  @Get('/docs')
  @RouteConfig({})
  docs(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendUnchanging(routesPage(), request, reply);
  }

  @Get('/problems/:code')
  @RouteConfig({})
  problem(
    @Param('code') code: string,
    @Headers('accept') accept: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    const meaning = meaningOf(code);
    if (meaning === null) throw notFound();
    void reply.header('vary', 'accept');
    if (accept?.includes('json') === true && !accept.includes('html')) void reply.send({ code, meaning });
    else void reply.type('text/html; charset=utf-8').send(problemPage(code, meaning));
  }
}
