/** A table with a tenant: what each of the application's roles may do there, and which rows it is shown. */
export interface GuardedTable {
  readonly name: string;
  /**
   * Customers and partners: which rows they see, what they may do with them, and what a row has to be like that they
   * write (as what they see, where nothing else is said). Null: the table is none of theirs.
   */
  readonly api: { readonly sees: string; readonly may: string; readonly writes?: string } | null;
  /** The platform's staff sees every row; its permissions are the API's to check. */
  readonly reviewer: string;
  readonly worker: string;
}

/**
 * The statements that guard a table. The login itself keeps nothing: it has to take on a role, in a transaction. The
 * owner is bound as well (FORCE), and sees rows only where a maintenance command spells that it wants all of them.
 */
export function policiesOf({ name, api, reviewer, worker }: GuardedTable): readonly string[] {
  const staff = `postern_reviewer, postern_worker`;
  return [
    `ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`,
    `ALTER TABLE ${name} FORCE ROW LEVEL SECURITY`,
    `REVOKE ALL ON ${name} FROM postern_app`,
    ...(api === null
      ? []
      : [
          `CREATE POLICY ${name}_of_tenant ON ${name} TO postern_api USING (${api.sees}) WITH CHECK (${api.writes ?? api.sees})`,
          `GRANT ${api.may} ON ${name} TO postern_api`,
        ]),
    `CREATE POLICY ${name}_of_staff ON ${name} TO ${staff} USING (true) WITH CHECK (true)`,
    `GRANT ${reviewer} ON ${name} TO postern_reviewer`,
    `GRANT ${worker} ON ${name} TO postern_worker`,
    `CREATE POLICY ${name}_maintained ON ${name} TO CURRENT_USER USING (current_setting('app.unscoped', true) = 'on')
       WITH CHECK (current_setting('app.unscoped', true) = 'on')`,
  ];
}
