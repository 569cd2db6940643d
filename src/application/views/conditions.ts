/** Conditions of a right in words: of both approvals where two set some, the first one's first. Null without any. */
export function conditionsIn(
  texts: ReadonlyMap<string, string>,
  first: string | null | undefined,
  last: string | null,
): string | null {
  const said = [first, last].flatMap((id) => (id === null || id === undefined ? [] : (texts.get(id) ?? [])));
  return said.length === 0 ? null : [...new Set(said)].join('\n\n');
}
