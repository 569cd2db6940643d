/** Statements after which an effect is of one of these types: all of before, and those that a migration adds. */
export function effectTypesAre(types: readonly string[]): readonly string[] {
  const known = types.map((type) => `'${type}'`).join(', ');
  return [
    `ALTER TABLE effects DROP CONSTRAINT effects_type_known`,
    // Not validated at once: every row that there is fits the narrower rule that it replaces.
    `ALTER TABLE effects ADD CONSTRAINT effects_type_known CHECK (type IN (${known})) NOT VALID`,
    `ALTER TABLE effects VALIDATE CONSTRAINT effects_type_known`,
  ];
}
