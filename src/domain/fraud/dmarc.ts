import type { DnsBudget } from './dns-budget.js';
import { look, quoted } from './looks.js';
import type { Look } from './looks.js';
import { recordsOfVersion } from './readable-records.js';

const version = /^v=dmarc1 *(?:;|$)/i;

/**
 * Looks at a domain's DMARC policy (RFC 7489): its own, else that of the organisational domain. Exactly one record
 * with a policy has to be there; `p=none` is enough, since it already brings reports.
 */
export async function lookAtDmarc(
  domain: string,
  organisation: string | null,
  budget: DnsBudget,
): Promise<Look> {
  const what = `DMARC of ${domain}`;
  const places = organisation === null || organisation === domain ? [domain] : [domain, organisation];
  for (const place of places) {
    const records = await budget.texts(`_dmarc.${place}`);
    if ('failure' in records) return look('blind', what, `_dmarc.${place} not read: ${records.failure}`);
    const policies = recordsOfVersion(records.values, version);
    if ('failure' in policies)
      return look('blind', what, `the record at _dmarc.${place} could not be read: ${policies.failure}`);
    const [policy, another] = policies.values;
    if (policy === undefined) continue;
    if (another !== undefined) return look('bad', what, `more than one record at _dmarc.${place}`);
    return statesAPolicy(policy)
      ? look('good', what, quoted(policy))
      : look('bad', what, `states no policy: ${quoted(policy)}`);
  }
  return look('bad', what, 'none');
}

function statesAPolicy(policy: string): boolean {
  return policy
    .toLowerCase()
    .split(';')
    .some((tag) => /^ *p *= *(none|quarantine|reject) *$/.test(tag));
}
