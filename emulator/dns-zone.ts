export const dnsFaults = ['servfail', 'timeout', 'nxdomain', 'nodata', 'refused', 'truncate'] as const;
export type DnsFault = (typeof dnsFaults)[number];

export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly values: readonly string[];
  /** Seconds. */
  readonly ttl: number;
  readonly fault: DnsFault | null;
}

export interface SeenQuery {
  readonly at: string;
  readonly name: string;
  readonly type: string;
  readonly transport: 'udp' | 'tcp';
}

/** How a question ends: with records or without, and which aliases led there. */
export interface DnsOutcome {
  readonly kind: 'records' | 'nodata' | 'nxdomain' | 'servfail' | 'refused' | 'timeout';
  readonly records: readonly DnsRecord[];
}

/** Like most resolvers: a longer chain of aliases, or a circle, is a failure and never "no such record". */
const mostAliases = 8;
const mostQueries = 10_000;

/** The records of the emulated internet, by name and type, answered as a resolver would; names are case-insensitive. */
export class DnsZone {
  private readonly byName = new Map<string, Map<string, DnsRecord>>();
  private seen: SeenQuery[] = [];

  get queries(): readonly SeenQuery[] {
    return this.seen;
  }

  clear(): void {
    this.byName.clear();
    this.seen = [];
  }

  put(record: DnsRecord): void {
    const key = keyOf(record.name);
    const records = this.byName.get(key) ?? new Map<string, DnsRecord>();
    this.byName.set(key, records.set(record.type.toUpperCase(), record));
  }

  /** Follows aliases; what goes wrong at the end of a chain goes wrong for the whole question. */
  ask(name: string, type: string): DnsOutcome {
    const aliases: DnsRecord[] = [];
    for (let at = name; aliases.length <= mostAliases;) {
      const found = this.find(at, type.toUpperCase());
      if (typeof found === 'string') return { kind: found, records: failed(found) ? [] : aliases };
      const alias = found.type === 'CNAME' && type.toUpperCase() !== 'CNAME' ? found.values[0] : undefined;
      if (alias === undefined) return { kind: 'records', records: [...aliases, found] };
      aliases.push(found);
      at = alias;
    }
    return { kind: 'servfail', records: [] };
  }

  saw(query: SeenQuery): void {
    this.seen.push(query);
    if (this.seen.length > mostQueries * 1.1) this.seen = this.seen.slice(-mostQueries);
  }

  private find(name: string, type: string): DnsRecord | Exclude<DnsOutcome['kind'], 'records'> {
    const records = this.byName.get(keyOf(name));
    if (records === undefined) return this.hasBelow(name) ? 'nodata' : 'nxdomain';
    const found = records.get(type) ?? records.get('ANY') ?? records.get('CNAME');
    if (found === undefined) return 'nodata';
    if (found.fault === 'truncate') return found;
    return found.fault ?? (found.values.length === 0 ? 'nodata' : found);
  }

  /** A name with something below it exists, with no records of its own (RFC 8020). */
  private hasBelow(name: string): boolean {
    const ending = `.${keyOf(name)}`;
    for (const known of this.byName.keys()) if (known.endsWith(ending)) return true;
    return false;
  }
}

function failed(kind: DnsOutcome['kind']): boolean {
  return kind === 'servfail' || kind === 'refused' || kind === 'timeout';
}

function keyOf(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
