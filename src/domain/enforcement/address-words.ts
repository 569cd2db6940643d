import type { Finding } from '../fraud/fraud-check.js';
import { isBad, type ReviewedAddress } from './address-review.js';
import type { PreviewNote } from './preview-words.js';

type Words = (about: string) => string;

/**
 * What the owner of an address reads of a finding: what is wrong and what to do, in words made for them. What was found,
 * and where, is for staff: nobody outside sees a finding.
 */
const notReady: Readonly<Record<string, { readonly code: string; readonly words: Words }>> = {
  'missing-reverse-dns': {
    code: 'reverse-dns-missing',
    words: (address) =>
      `${address} has no reverse name that leads back to it, and large receivers refuse such mail. If it sends mail, set its reverse DNS to the name of your mail server, and that name’s address record to it.`,
  },
  'address-not-in-spf': {
    code: 'spf-names-another',
    words: (address) =>
      `The SPF record of a sending domain does not let ${address} send. Add it if it sends mail; take out the address of before, which may be somebody else’s by now.`,
  },
  'ip-on-blocklist': {
    code: 'address-listed',
    words: (address) =>
      `${address} stands on a public blocklist, perhaps for what it sent before it was yours. If it sends mail, ask the list to take it off, or take a static address.`,
  },
  'sender-domain-unready': {
    code: 'mail-authentication-incomplete',
    words: () =>
      'A sending domain has no usable SPF or DMARC record. Publish them: receivers cannot tell your mail from a forger’s.',
  },
};

/** Notes on what speaks against an address, or the sending domains, and on what could not be told. */
export function notesOn(about: string, findings: readonly Finding[]): readonly PreviewNote[] {
  const bad = findings.filter(isBad).flatMap(({ check }) => {
    const note = notReady[check];
    return note === undefined ? [] : [{ code: note.code, message: note.words(about) }];
  });
  const untold = findings.filter(({ outcome }) => outcome === 'unknown' || outcome === 'error');
  return untold.length === 0 ? bad : [...bad, notTold(about, untold)];
}

const subjects: Readonly<Record<string, string>> = {
  'missing-reverse-dns': 'reverse DNS',
  'address-not-in-spf': 'SPF',
  'ip-on-blocklist': 'blocklists',
  'sender-domain-unready': 'SPF and DMARC',
};

function notTold(about: string, untold: readonly Finding[]): PreviewNote {
  const what = untold.map(({ check }) => subjects[check] ?? check).join(', ');
  return {
    code: 'could-not-be-told',
    message: `Could not be told of ${about}: ${what}. Nothing follows from it; look yourself where mail is refused.`,
  };
}

/** "mx1 (203.0.113.9)", for a mail. */
export function namedWithAddress({ machine, address }: Pick<ReviewedAddress, 'machine' | 'address'>): string {
  return `${machine} (${address})`;
}
