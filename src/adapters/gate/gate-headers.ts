import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { GateHeaders } from './http-gate.adapter.js';

/** The emulator's switchboard wants no authentication. */
export const unsigned: GateHeaders = () => ({});

/**
 * Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp`, and an HMAC-SHA256 over both and the body. The method and the
 * subscription stand in the id, because the path is not signed: a receiver that compares them (docs/operations.md) is not
 * taken in by an order that was caught and sent again for another subscription.
 */
export function signedWith(secret: string): GateHeaders {
  const webhook = new Webhook(secret);
  return ({ method, subscriptionId, body }) => {
    const id = `gate_${method.toLowerCase()}_${subscriptionId}_${randomUUID()}`;
    const at = new Date();
    return {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': webhook.sign(id, at, body),
    };
  };
}
