import { randomUUID } from 'node:crypto';

export interface Got {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON, the text where it is not, undefined where there is none. */
  readonly body: unknown;
}

export interface Ask {
  readonly body?: unknown;
  /** Null sends no Authorization header. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client of one emulated cloud and one subscription in it, for specs: what a test says is what goes over the wire. */
export class CloudClient {
  readonly subscription = randomUUID();
  readonly path = `/subscriptions/${this.subscription}`;
  readonly list = `${this.path}/providers/Microsoft.Compute/virtualMachines`;

  readonly log = `${this.path}/providers/Microsoft.Insights/eventtypes/management/values`;

  constructor(private readonly origin: string) {}

  vm(name: string, group = 'rg'): string {
    return `${this.path}/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachines/${name}`;
  }

  /** One ARM call. A path gets an api-version; a URL goes out as it stands. */
  async arm(method: string, target: string, { body, token = 'any', headers = {} }: Ask = {}): Promise<Got> {
    const withVersion = `${this.origin}${target}${target.includes('?') ? '&' : '?'}api-version=2025-04-01`;
    const response = await fetch(target.startsWith('http') ? target : withVersion, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: parse(await response.text()) };
  }

  control(method: string, path: string, body?: unknown): Promise<Got> {
    return this.arm(method, `${this.origin}/_control${path}`, { body, token: null });
  }

  createSubscription(facts: object = {}): Promise<Got> {
    const subscriptionPolicies = { quotaId: 'PayAsYouGo_2014-09-01', spendingLimit: 'Off' };
    const body = {
      displayName: 'Mail',
      tenantId: randomUUID(),
      state: 'Enabled',
      subscriptionPolicies,
      ...facts,
    };
    return this.arm('PUT', this.path, { body });
  }

  create(name: string, properties: object = {}): Promise<Got> {
    return this.arm('PUT', this.vm(name), { body: { location: 'westeurope', properties } });
  }

  /** A resource of a group, by its provider and type: `Microsoft.Network/networkInterfaces`. */
  resource(type: string, name: string, group = 'rg'): string {
    return `${this.path}/resourceGroups/${group}/providers/${type}/${name}`;
  }

  put(target: string, body: object): Promise<Got> {
    return this.arm('PUT', target, { body });
  }

  power(name: string, action: string): Promise<Got> {
    return this.arm('POST', `${this.vm(name)}/${action}`);
  }

  gate(gate: 'open' | 'closed', fence: number): Promise<Got> {
    return this.control('PUT', `/subscriptions/${this.subscription}/gate`, { gate, fence });
  }

  fault(order: object): Promise<Got> {
    return this.control('POST', '/faults', order);
  }

  advance(milliseconds: number): Promise<Got> {
    return this.control('PUT', '/clock', { advanceMs: milliseconds });
  }

  /** A row a machine: `name powerState port25`. */
  async wire(): Promise<readonly string[]> {
    const { body } = await this.control('GET', `/subscriptions/${this.subscription}/port25`);
    const { virtualMachines } = body as {
      virtualMachines: readonly { name: string; powerState: string; port25: string }[];
    };
    return virtualMachines.map(
      (row) => `${row.name} ${row.powerState.replace('PowerState/', '')} ${row.port25}`,
    );
  }

  /** The names on every page of a listing, in order; and how many pages there were. */
  async listAll(): Promise<{ readonly names: readonly string[]; readonly pages: number }> {
    const names: string[] = [];
    let pages = 0;
    for (let next: string | undefined = this.list; next !== undefined; pages += 1) {
      const { body } = await this.arm('GET', next);
      const page = body as { value: readonly { name: string }[]; nextLink?: string };
      names.push(...page.value.map(({ name }) => name));
      next = page.nextLink;
    }
    return { names, pages };
  }
}

/** The URL of the operation that a 202 began. */
export function operationOf({ headers }: Got): string {
  return headers.get('azure-asyncoperation') ?? '';
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text; // a truncated answer is what some specs ask for
  }
}
