import { createHash } from 'node:crypto';

/** A number of 32 bits that a text always gives: what varies here varies alike in every run. */
export function hashOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE();
}

/** A UUID that a text always gives. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [8, 12, 16, 20, 32]
    .map((end, index, ends) => hex.slice(index === 0 ? 0 : ends[index - 1], end))
    .join('-');
}

/** A resource id as one of the services of the real cloud may write it: the case of its letters means nothing. */
export function inSomeCase(resourceId: string, seed: string): string {
  switch (hashOf(seed) % 3) {
    case 0:
      return resourceId;
    case 1:
      return resourceId.toLowerCase();
    default:
      return resourceId.toUpperCase();
  }
}
