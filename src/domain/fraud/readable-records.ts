import type { TextRecords } from './dns-budget.js';

/** No record that is published for a reason is longer: ten strings of 255 bytes are 2,550 characters. */
export const longestRecord = 4_096;

/**
 * The records of a version, for example `v=spf1`: text of strangers, which nothing has read yet. One that is longer than
 * any that is published for a reason, or holds control characters, cannot be read: nothing parses it, and it says neither
 * that there is a record nor that there is none (F18, I17). `allowed` are control characters that the version admits.
 */
export function recordsOfVersion(values: readonly string[], version: RegExp, allowed = ''): TextRecords {
  const wanted = values.filter((text) => version.test(text.slice(0, longestStart)));
  const isReadable = (text: string) => text.length <= longestRecord && !hasControls(text, allowed);
  return wanted.every(isReadable)
    ? { values: wanted }
    : { failure: 'it is too long or has control characters' };
}

/** So many characters tell a record's version. */
const longestStart = 64;

function hasControls(text: string, allowed: string): boolean {
  for (const one of text) if (isControl(one) && !allowed.includes(one)) return true;
  return false;
}

function isControl(one: string): boolean {
  const code = one.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}
