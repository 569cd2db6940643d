import { randomBytes } from 'node:crypto';

/** A string that stands nowhere else in the world, and what it was planted as. */
export interface Canary {
  readonly as: string;
  readonly value: string;
}

/** Plants strings, and tells where they were found again. */
export class Canaries {
  private readonly planted: Canary[] = [];

  /** A new one for a field. */
  plant(as: string): string {
    return this.know(as, `canary${this.planted.length}x${randomBytes(6).toString('hex')}`);
  }

  /** One that has a shape of its own, such as a key. */
  know(as: string, value: string): string {
    this.planted.push({ as, value });
    return value;
  }

  /** What was planted as any of these stands in the text; each by what it was planted as. */
  in(text: string): readonly string[] {
    const lower = text.toLowerCase();
    return this.planted.filter(({ value }) => lower.includes(value.toLowerCase())).map(({ as }) => as);
  }
}
