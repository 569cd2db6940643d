/** The names of the facts that differ; all of them where nothing was known before. */
export function changedFacts<T extends object>(
  before: T | null,
  after: T,
  among: readonly (keyof T & string)[],
): readonly string[] {
  return among.filter((name) => before === null || spelt(before[name]) !== spelt(after[name]));
}

/** Equal values are spelt alike, in whatever order their fields stand and however precise their instants are. */
function spelt(value: unknown): string {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return String(Date.parse(value));
  if (Array.isArray(value)) return `[${value.map(spelt).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${name}:${spelt(field)}`).join()}}`;
}
