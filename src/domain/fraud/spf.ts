import type { DnsBudget } from './dns-budget.js';
import { hostNameOf, look, quoted } from './looks.js';
import type { Look } from './looks.js';
import { spfPoliciesOf } from './spf-terms.js';

/** Redirections that are followed; two are left of the domain's look-ups for DMARC. */
const mostRedirections = 7;

/**
 * Looks at a domain's SPF record (RFC 7208): there has to be exactly one, it must not allow everybody (`+all`), and a
 * `redirect=` has to lead to such a record. Whether it names the request's addresses is not judged.
 */
export async function lookAtSpf(domain: string, budget: DnsBudget): Promise<Look> {
  const what = `SPF of ${domain}`;
  let name = domain;
  for (let redirections = 0; redirections <= mostRedirections; redirections += 1) {
    const records = await budget.texts(name);
    if ('failure' in records)
      return look('blind', what, `TXT of ${quoted(name)} not read: ${records.failure}`);
    const policies = spfPoliciesOf(records.values);
    if ('failure' in policies)
      return look('blind', what, `the record at ${quoted(name)} could not be read: ${policies.failure}`);
    const [policy, another] = policies.values;
    if (policy === undefined) return look('bad', what, name === domain ? 'none' : `none at ${quoted(name)}`);
    if (another !== undefined) return look('bad', what, `more than one record at ${quoted(name)}`);
    const next = redirectionOf(policy);
    if (next === null) return judge(what, policy);
    const target = hostNameOf(next);
    if (target === null) return look('bad', what, `redirects to no name: ${quoted(policy)}`);
    name = target;
  }
  return look('bad', what, 'redirects without end');
}

function judge(what: string, policy: string): Look {
  const allowsEverybody = termsOf(policy).some((term) => term === 'all' || term === '+all');
  return allowsEverybody
    ? look('bad', what, `allows everybody to send: ${quoted(policy)}`)
    : look('good', what, quoted(policy));
}

/** A `redirect=` counts only where no `all` ends the record (RFC 7208 section 6.1). */
function redirectionOf(policy: string): string | null {
  const terms = termsOf(policy);
  if (terms.some((term) => /^[-+~?]?all$/.test(term))) return null;
  return terms.find((term) => term.startsWith('redirect='))?.slice('redirect='.length) ?? null;
}

function termsOf(policy: string): readonly string[] {
  return policy.toLowerCase().split(/ +/).slice(1);
}
