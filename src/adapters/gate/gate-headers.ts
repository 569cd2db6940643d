import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { GateHeaders } from './http-gate.adapter.js';

/** The emulator's switchboard wants no authentication. */
export const unsigned: GateHeaders = () => ({});

/** Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp`, and an HMAC-SHA256 over both and the body. */
export function signedWith(secret: string): GateHeaders {
  const webhook = new Webhook(secret);
  return (body) => {
    const id = `msg_${randomUUID()}`;
    const at = new Date();
    return {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': webhook.sign(id, at, body),
    };
  };
}
