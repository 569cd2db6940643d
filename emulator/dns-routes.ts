import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { encodes } from './dns-records.js';
import { dnsFaults, type DnsZone } from './dns-zone.js';
import { ArmError } from './errors.js';
import { parseBody } from './parse-body.js';

const recordTypes = ['A', 'AAAA', 'MX', 'TXT', 'PTR', 'NS', 'CNAME', 'ANY'] as const;

const record = z.strictObject({
  name: z.string().min(1).max(253),
  type: z.string().toUpperCase().pipe(z.enum(recordTypes)),
  /** As a zone file writes them: `10 mx1.example.com` for MX, the text alone for TXT. */
  values: z.array(z.string()).default([]),
  ttl: z.int().min(0).default(60),
  fault: z.enum(dnsFaults).nullable().default(null),
});

/**
 * Records, and what goes wrong in their place. Type ANY is for faults that hit a name whatever is asked of it. Without
 * values and fault, the name exists and has no such record.
 */
export function dnsRoutes(app: FastifyInstance, zone: DnsZone): void {
  app.put('/_control/dns', ({ body }) => {
    const given = parseBody(record, body);
    if (given.type === 'ANY' && given.fault === null) throw invalid('type ANY is for faults only');
    if (!encodes(given)) throw invalid(`a value is no ${given.type} record`);
    zone.put(given);
    return given;
  });
  app.get('/_control/dns/queries', () => ({ queries: zone.queries }));
}

const invalid = (message: string) => new ArmError(400, 'InvalidRequestContent', message);
