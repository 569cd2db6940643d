/**
 * What people write of names and addresses, judged by the rules of their kind. Pure and linear: a stranger chooses the
 * text, so that no pattern here looks at a character more than a few times.
 */

/** A label of letters, digits and hyphens (RFC 5890, 2.3.1), also with the underscore that mail names use. */
function isLabel(label: string): boolean {
  return label.length <= 63 && /^[a-z0-9_-]+$/.test(label) && !label.startsWith('-') && !label.endsWith('-');
}

/** A name of DNS in lower case with at least two labels, whose last is no number (RFC 3696, section 2). */
export function isSendingDomain(name: string): boolean {
  if (name.length > 253) return false;
  const labels = name.split('.');
  const last = labels.at(-1) ?? '';
  const isTop = last.length >= 2 && /^[a-z][a-z0-9-]*$/.test(last);
  return labels.length >= 2 && isTop && labels.every(isLabel);
}

/** What RFC 5322 calls atext. */
const atom = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+$/;

/** A local part that is a dot-string of at most 64 characters (RFC 5321, 4.1.2 and 4.5.3.1.1), and a host name. */
export function isOfMailAddress(local: string, domain: string): boolean {
  const isLocal = local.length > 0 && local.length <= 64 && local.split('.').every((part) => atom.test(part));
  return isLocal && isSendingDomain(domain.toLowerCase()) && !domain.includes('_');
}

/** Fewer different characters than this say nothing, however often they are repeated. */
const leastDifferent = 8;

/** Whether a text says something: blanks aside, it is not a few characters again and again. */
export function isVaried(text: string): boolean {
  return new Set(text.toLowerCase().replaceAll(/\s/g, '')).size >= leastDifferent;
}

/** The canonical spelling of a language tag (`TR-tr` is `tr-TR`); null where it is none. */
export function sameLanguage(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}
