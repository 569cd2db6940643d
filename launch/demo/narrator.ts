/** Tells the story as it happens, and stops it at the first sentence that is not true. */
export interface Narrator {
  chapter(title: string): void;
  says(who: string, what: string): void;
  /** A fact that was seen from outside: printed when it is true, thrown when it is not. */
  must(isTrue: boolean, sentence: string): void;
}

/** Writes to standard output, with the seconds since the beginning before every line. */
export function narrator(
  now: () => number = () => performance.now(),
): Narrator & { readonly facts: () => number } {
  const begun = now();
  let facts = 0;
  const line = (mark: string, text: string) => {
    const seconds = ((now() - begun) / 1000).toFixed(1).padStart(5);
    process.stdout.write(`${seconds} s  ${mark} ${text}\n`);
  };
  return {
    chapter: (title) => process.stdout.write(`\n━━ ${title}\n`),
    says: (who, what) => line('·', `${who}: ${what}`),
    must: (isTrue, sentence) => {
      if (!isTrue) throw new Error(`not true: ${sentence}`);
      facts += 1;
      line('✓', sentence);
    },
    facts: () => facts,
  };
}
