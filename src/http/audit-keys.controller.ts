import { Controller, Get, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { Attestor } from '../domain/ports/attestor.js';

/** The public keys of checkpoints and receipts, for whoever checks them: no token needed. */
@Controller()
export class AuditKeysController {
  constructor(private readonly attestor: Attestor) {}

  @Get('/audit-keys')
  @RouteConfig({})
  keys(@Res() reply: FastifyReply): void {
    const { origin, keys } = this.attestor;
    void reply.header('cache-control', 'public, max-age=300').send({
      origin,
      keys: keys.map(({ keyId, publicKey }) => ({
        kty: 'OKP',
        crv: 'Ed25519',
        x: Buffer.from(publicKey).toString('base64url'),
        kid: keyId,
        alg: 'EdDSA',
        use: 'sig',
      })),
      verifierKeys: keys.map(({ verifierKey }) => verifierKey),
    });
  }
}
