export type DnsFault = 'servfail' | 'timeout' | 'nxdomain' | 'refused' | 'truncate';

export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly values: readonly string[];
  readonly ttl: number;
  readonly fault: DnsFault | null;
}

export interface SeenQuery {
  readonly at: string;
  readonly name: string;
  readonly type: string;
  readonly transport: 'udp' | 'tcp';
}

/** What a question is answered with: records, or what goes wrong in their place. */
export type DnsOutcome =
  | { readonly kind: 'records'; readonly records: readonly DnsRecord[] }
  | { readonly kind: 'nodata' | 'nxdomain' | 'servfail' | 'refused' | 'timeout' };

/** The records of the emulated internet, by name and type; names are case-insensitive. */
export class DnsZone {
  private readonly records = new Map<string, DnsRecord>();
  readonly queries: SeenQuery[] = [];

  clear(): void {
    this.records.clear();
    this.queries.length = 0;
  }

  put(record: DnsRecord): void {
    this.records.set(keyOf(record.name, record.type), record);
  }

  /** A CNAME answers for other types too, followed inside the zone at most 8 times. */
  ask(name: string, type: string, hops = 0): DnsOutcome {
    const found = this.records.get(keyOf(name, type)) ?? this.records.get(keyOf(name, 'CNAME'));
    if (found === undefined) {
      const exists = [...this.records.values()].some((record) => sameName(record.name, name));
      return { kind: exists ? 'nodata' : 'nxdomain' };
    }
    if (found.fault !== null && found.fault !== 'truncate') return { kind: found.fault };
    const alias = found.type === 'CNAME' && type !== 'CNAME' ? found.values[0] : undefined;
    if (alias === undefined) return { kind: 'records', records: [found] };
    const further = hops < 8 ? this.ask(alias, type, hops + 1) : { kind: 'nodata' as const };
    return { kind: 'records', records: [found, ...(further.kind === 'records' ? further.records : [])] };
  }

  saw(query: SeenQuery): void {
    this.queries.push(query);
    if (this.queries.length > 10_000) this.queries.splice(0, 5_000);
  }
}

function keyOf(name: string, type: string): string {
  return `${name.toLowerCase().replace(/\.$/, '')} ${type.toUpperCase()}`;
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase().replace(/\.$/, '') === b.toLowerCase().replace(/\.$/, '');
}
