import { z } from 'zod';
import {
  isOfMailAddress,
  isSendingDomain,
  isVaried,
  sameLanguage,
} from '../../domain/request/said-values.js';
import { isPublic } from '../../domain/fraud/public-addresses.js';
import { parseIpAddress, spelledOnce } from '../../domain/fraud/ip-addresses.js';

/** Values that people write, each with the sentence that says how it is written. */

/**
 * The name that DNS knows a Unicode name by (UTS 46, as URLs are read); null where it has none. Names are taken in
 * ASCII only, so that what is shown, looked up and compared is one spelling.
 */
function inPunycode(name: string): string | null {
  try {
    const { hostname } = new URL(`http://${name}/`);
    return hostname.startsWith('[') || hostname.includes('%') ? null : hostname;
  } catch {
    return null;
  }
}

const hasUnicode = (text: string): boolean => /[^\x00-\x7f]/.test(text);

function domainProblem(name: string): string {
  const ascii = hasUnicode(name) ? inPunycode(name) : null;
  if (ascii !== null && isSendingDomain(ascii)) return `Write it in punycode: "${ascii}".`;
  return 'Give a domain name, such as mail.example.com.';
}

/** A host name in ASCII, in lower case, without the last dot. No address, which would look like a name of digits. */
export const domainName = z
  .string()
  .max(253)
  .transform((value) => value.toLowerCase().replace(/\.$/, ''))
  .superRefine((value, context) => {
    if (!isSendingDomain(value)) context.addIssue({ code: 'custom', message: domainProblem(value) });
  });

/** A public address in its one spelling: what cannot be reached from the internet sends no mail there. */
export const publicAddress = z
  .string()
  .max(45)
  .transform((value, context) => {
    const address = parseIpAddress(value);
    if (address !== null && isPublic(address)) return spelledOnce(address);
    const message =
      address === null
        ? 'Give an IPv4 or IPv6 address.'
        : 'This is no public address: give the one under which receivers see your mail arrive.';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** Any dot-string of RFC 5321 section 4.1.2 before the @; behind it a host name in ASCII. */
export const mailAddress = z
  .string()
  .max(254)
  .superRefine((value, context) => {
    const message = mailProblem(value);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

function mailProblem(address: string): string | null {
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  if (at > 0 && hasUnicode(domain)) {
    const ascii = inPunycode(domain);
    return ascii === null || hasUnicode(local) ? asciiOnly : `Write the domain in punycode: "${ascii}".`;
  }
  if (hasUnicode(address)) return asciiOnly;
  return isOfMailAddress(local, domain) ? null : 'Give a mail address, such as ops@example.com.';
}

const asciiOnly = 'Give a mail address in ASCII, its domain in punycode.';

/** What stands before `._domainkey.` in a name (RFC 6376, 3.1): labels with dots between them. */
export const dkimSelector = z
  .string()
  .max(63)
  .regex(/^[a-z0-9][a-z0-9._-]*$/i, 'Give a DKIM selector, such as s1 or 2026-03.mail.')
  .transform((value) => value.toLowerCase());

/** A language tag of BCP 47, in its canonical spelling; 35 characters hold every one that is in use (RFC 5646, 4.4.1). */
export const language = z
  .string()
  .max(35)
  .transform((value, context) => {
    const known = sameLanguage(value);
    if (known !== null) return known;
    context.addIssue({ code: 'custom', message: 'Give a language tag of BCP 47, such as en or tr-TR.' });
    return z.NEVER;
  });

/** Why mail has to go directly: long enough to say it, and not one character again and again. */
export const variedText = (value: string): boolean => isVaried(value);

/**
 * A list in which nothing stands twice once it is normalised. The second of two is named, with the first.
 */
export const listOfDifferent = <T extends z.ZodType<string>>(item: T, least: number, most: number) =>
  z
    .array(item)
    .min(least)
    .max(most)
    .superRefine((values, context) => {
      const first = new Map<string, number>();
      for (const [index, value] of values.entries()) {
        const known = first.get(value);
        if (known === undefined) first.set(value, index);
        else
          context.addIssue({
            code: 'custom',
            path: [index],
            message: `This is the same as entry ${String(known + 1)}. Name each once.`,
            params: { code: 'duplicate' },
          });
      }
    });
