import type { FindTenant } from '../../application/queries/find-tenant.js';
import type { TenantKind } from '../../domain/access/actor.js';
import { StoreUnavailable } from '../../domain/ports/unit-of-work.js';

interface Remembered {
  readonly kind: TenantKind;
  readonly until: number;
}

/** How long a registration is believed without looking again, in milliseconds. */
const believedForMs = 10_000;
/** How many registered tenants are remembered, at about 200 bytes each: 2 MB. */
const rememberedAtMost = 10_000;
/** Look-ups at once for tenants that nobody has seen: two connections of a pool of ten. */
const strangersAtOnce = 2;
/** How many of those may wait for their turn: at a millisecond each, a tenth of a second. */
const strangersWaiting = 200;

/**
 * Which tenants are registered, and as what. It is asked before anybody is believed to be anybody, so a stranger's
 * question must cost little: few at once, never in the way of tenants that are known.
 */
export class RegisteredTenants {
  private readonly known = new Map<string, Remembered>();
  /** Tenants that were not there, and until when that is believed. Used only while strangers queue. */
  private readonly absent = new Map<string, number>();
  private readonly underWay = new Map<string, Promise<TenantKind | null>>();
  private readonly waiting: (() => void)[] = [];
  private looking = 0;

  constructor(
    private readonly tenants: Pick<FindTenant, 'run'>,
    private readonly platformTenantId: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * The kind of a tenant, given in lower case; null where nobody registered it. Throws StoreUnavailable where too many
   * strangers ask at once.
   */
  async kindOf(tenantId: string): Promise<TenantKind | null> {
    if (tenantId === this.platformTenantId) return 'platform';
    const remembered = this.known.get(tenantId);
    if (remembered !== undefined && remembered.until > this.now()) return remembered.kind;
    // Where nobody queues it is looked up again: whoever was registered a moment ago gets in at once.
    if (this.looking >= strangersAtOnce && (this.absent.get(tenantId) ?? 0) > this.now()) return null;
    return this.underWay.get(tenantId) ?? this.begin(tenantId, remembered === undefined);
  }

  private begin(tenantId: string, isStranger: boolean): Promise<TenantKind | null> {
    const look = isStranger ? this.inTurn(tenantId) : this.look(tenantId);
    const settled = look.finally(() => this.underWay.delete(tenantId));
    this.underWay.set(tenantId, settled);
    return settled;
  }

  private async inTurn(tenantId: string): Promise<TenantKind | null> {
    if (this.looking >= strangersAtOnce) {
      if (this.waiting.length >= strangersWaiting) throw new StoreUnavailable('too many unknown tenants ask');
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else this.looking += 1;
    try {
      return await this.look(tenantId);
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.looking -= 1;
      else next();
    }
  }

  private async look(tenantId: string): Promise<TenantKind | null> {
    const tenant = await this.tenants.run(tenantId);
    this.known.delete(tenantId);
    if (tenant === null) {
      remember(this.absent, tenantId, this.now() + believedForMs);
      return null;
    }
    // Platform roles count in the platform's own tenant only, whatever a registration says.
    const kind = tenant.kind === 'partner' ? 'partner' : 'customer';
    remember(this.known, tenantId, { kind, until: this.now() + believedForMs });
    return kind;
  }
}

/** Keeps the newest: the map's first entry is the one that was written longest ago. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  for (const oldest of map.keys()) {
    if (map.size < rememberedAtMost) break;
    map.delete(oldest);
  }
  map.set(key, value);
}
