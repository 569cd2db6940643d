import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { notFound } from '../domain/refusals.js';
import { ApiMetrics } from './api-metrics.js';
import { openApiDocument } from './openapi.js';
import { docsPage, problemPage } from './pages.js';
import { meaningOf } from './problems/catalogue.js';
import { Readiness } from '../domain/ports/readiness.js';

/** Health, metrics, and the pages that explain: no token needed. */
@Controller()
export class HealthController {
  private document: string | null = null;

  constructor(
    private readonly readiness: Readiness,
    private readonly figures: ApiMetrics,
  ) {}

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

  @Get('/metrics')
  @RouteConfig({})
  async metrics(@Res() reply: FastifyReply): Promise<void> {
    void reply.type(this.figures.contentType).send(await this.figures.exposition());
  }

  @Get('/openapi.json')
  @RouteConfig({})
  openapi(@Res() reply: FastifyReply): void {
    this.document ??= JSON.stringify(openApiDocument());
    void reply.type('application/json; charset=utf-8').send(this.document);
  }

  @Get('/docs')
  @RouteConfig({})
  docs(@Res() reply: FastifyReply): void {
    void reply.type('text/html; charset=utf-8').send(docsPage());
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
