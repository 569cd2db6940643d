const namedAtMost = 10;

/** Machines as the subject of a sentence: the one by its name, several by their number and the first ten names. */
export function subjectOf(count: number, names: readonly string[]): string {
  if (count === 1 && names[0] !== undefined) return names[0];
  return `${String(count)} machines (${namesOf(count, names)})`;
}

/** "mx1, mx2 and 3 others". */
export function namesOf(count: number, names: readonly string[]): string {
  const named = names.slice(0, namedAtMost);
  const left = count - named.length;
  return left <= 0 ? named.join(', ') : `${named.join(', ')} and ${String(left)} others`;
}
