import type { Json } from '../../launch/demo/desk.js';

/** Reads a page of the API as staff. */
export type Reader = (
  path: string,
) => Promise<{ readonly status: number; readonly headers: Headers; readonly body: Json }>;

/** What Postern says of one machine. */
export interface Word {
  readonly vmId: string;
  readonly name: string;
  readonly state: string;
  readonly exempt: boolean;
}

export interface ExemptionWord {
  readonly id: string;
  readonly subscriptionId: string;
  readonly state: string;
  readonly gateMovedAt: string | null;
  readonly grantedAt: string;
  readonly endedAt: string | null;
}

/** All exemptions, the newest first. */
export async function allExemptions(read: Reader): Promise<readonly ExemptionWord[]> {
  const instantAt = (value: unknown) => (typeof value === 'string' ? value : null);
  return (await allPages(read, '/v1/admin/exemptions?limit=200')).map((one) => ({
    id: one.at('id').text,
    subscriptionId: one.at('subscriptionId').text,
    state: one.at('state').text,
    gateMovedAt: instantAt(one.at('gate', 'movedAt').value),
    grantedAt: one.at('grantedAt').text,
    endedAt: instantAt(one.at('endedAt').value),
  }));
}

/** The last exemption of each subscription that has one: what an earlier one ended with was overtaken by it. */
export function latestOf(exemptions: readonly ExemptionWord[]): readonly ExemptionWord[] {
  return exemptions.filter(
    ({ subscriptionId }, index) =>
      exemptions.findIndex((one) => one.subscriptionId === subscriptionId) === index,
  );
}

/** The rows of one exemption's tracker. */
export async function rowsOf(read: Reader, exemptionId: string): Promise<readonly Word[]> {
  const rows = await allPages(read, `/v1/exemptions/${exemptionId}/virtual-machines?limit=200`);
  return rows.map((row) => ({
    vmId: row.at('vmId').text,
    name: row.at('name').text,
    state: row.at('state').text,
    exempt: row.at('exempt').value === true,
  }));
}

async function allPages(read: Reader, first: string): Promise<readonly Json[]> {
  const items: Json[] = [];
  let path: string | null = first;
  while (path !== null) {
    const { status, headers, body }: Awaited<ReturnType<Reader>> = await read(path);
    if (status !== 200) throw new Error(`${path} answered ${String(status)}: Postern's word cannot be read`);
    items.push(...body.at('items').items);
    path = /<([^<>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? null;
  }
  return items;
}
