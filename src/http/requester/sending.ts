import type { z } from 'zod';
import type { SubmitRequestCommand } from '../../application/submit-request.js';
import type { submitBody } from '../schemas/request.schema.js';

/** What is sent, with null for what was left out: the domain knows no undefined. */
export function sendingOf(sending: z.output<typeof submitBody>['sending']): SubmitRequestCommand['sending'] {
  return {
    kinds: sending.kinds,
    domains: sending.domains,
    dailyVolume: sending.dailyVolume,
    heloName: sending.heloName ?? null,
    publicAddresses: sending.publicAddresses ?? [],
    dkimSelectors: sending.dkimSelectors ?? [],
    optIn: sending.optIn ?? null,
    bounceHandling: sending.bounceHandling ?? null,
    abuseContact: sending.abuseContact ?? null,
  };
}
