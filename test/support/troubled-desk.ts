import { until, type Json } from '../../launch/demo/desk.js';
import { aSubscription, granted, machineRows } from './filing.js';
import type { Postern } from './postern.js';

const observed = { mode: 'observed', window: null, maxUnavailable: 1, canary: false };

/** One exemption of which something goes wrong, as its requester, an engineer and the cloud see it. */
export class TroubledDesk {
  private constructor(
    private readonly postern: Postern,
    readonly subscriptionId: string,
    readonly exemptionId: string,
    private readonly requestId: string,
  ) {}

  /** An exemption whose machines were listed, and wait for their owner. */
  static async open(postern: Postern, machines: readonly string[]): Promise<TroubledDesk> {
    const subscriptionId = await aSubscription(postern, { machines });
    const exemptionId = await granted(postern, subscriptionId, observed);
    const page = await postern.call('customer', 'GET', `/v1/exemptions/${exemptionId}`);
    const desk = new TroubledDesk(postern, subscriptionId, exemptionId, page.body.at('requestId').text);
    await desk.rowsToBe(machines.map(() => 'waiting'));
    return desk;
  }

  /** From now on Postern restarts the machines. */
  async manage(differs: object = {}): Promise<void> {
    const body = { ...observed, mode: 'managed', maxUnavailable: '100%', ...differs };
    const path = `/v1/exemptions/${this.exemptionId}/restart-plan`;
    const { status } = await this.postern.call('customer', 'PUT', path, { body });
    if (status !== 200) throw new Error(`the plan was answered ${String(status)}`);
  }

  // ------------------------------------------------------------------ what the requester reads

  async page(): Promise<Json> {
    return (await this.postern.call('customer', 'GET', `/v1/exemptions/${this.exemptionId}`)).body;
  }
  async rows(): Promise<readonly Json[]> {
    const path = `/v1/exemptions/${this.exemptionId}/virtual-machines`;
    return (await this.postern.call('customer', 'GET', path)).body.at('items').items;
  }
  rowsToBe(states: readonly string[]): Promise<readonly Json[]> {
    const isSo = (rows: readonly Json[]) => rows.map((row) => row.at('state').text).join() === states.join();
    return until(`machines to be ${states.join()}`, () => this.rows(), isSo, 120_000);
  }
  pageToBe(what: string, isSo: (page: Json) => boolean): Promise<Json> {
    return until(what, () => this.page(), isSo, 120_000);
  }
  stateToBe(state: string): Promise<Json> {
    return this.pageToBe(`the exemption to be ${state}`, (page) => page.at('state').text === state);
  }
  /** What was told of many machines at once: `event code`, and the words. */
  async told(): Promise<readonly { readonly what: string; readonly words: string }[]> {
    const path = `/v1/exemption-requests/${this.requestId}/history?limit=200`;
    const { items } = (await this.postern.call('customer', 'GET', path)).body.at('items');
    return items
      .filter((line) => line.at('event').text.startsWith('machines-'))
      .map((line) => ({
        what: `${line.at('event').text} ${line.at('code').text}`,
        words: line.at('message').text,
      }));
  }
  toldToBe(whats: readonly string[]) {
    type Told = Awaited<ReturnType<TroubledDesk['told']>>;
    const isSo = (told: Told) => told.map(({ what }) => what).join() === whats.join();
    return until(`to be told ${whats.join()}`, () => this.told(), isSo, 60_000);
  }

  // ------------------------------------------------------------------ what an engineer reads and does

  get adminPath(): string {
    return `/v1/admin/exemptions/${this.exemptionId}`;
  }
  async review(): Promise<Json> {
    return (await this.postern.call('reviewer', 'GET', this.adminPath)).body;
  }
  /** Waits until an engineer is called; the code, once the list shows the same. */
  async calledFor(): Promise<string> {
    const isListed = (item: Json | undefined) => item !== undefined;
    const item = await until('an engineer to be called', () => this.listed(), isListed, 60_000);
    if (item?.at('humanNeededSince').value === null) throw new Error('called since never');
    return item?.at('humanNeededFor', 'code').text ?? '';
  }
  /** Its line in the list of those that need a human. */
  async listed(): Promise<Json | undefined> {
    const path = '/v1/admin/exemptions?needsHuman=true&limit=200';
    const { items } = (await this.postern.call('reviewer', 'GET', path)).body.at('items');
    return items.find((item) => item.at('id').text === this.exemptionId);
  }
  notCalled(): Promise<Json | undefined> {
    return until(
      'nobody to be called',
      () => this.listed(),
      (item) => item === undefined,
      60_000,
    );
  }
  async steer(name: string, verb: 'retry' | 'skip') {
    const row = (await this.rows()).find((one) => one.at('name').text === name);
    const path = `${this.adminPath}/restarts/${row?.at('vmId').text ?? ''}/${verb}`;
    return this.postern.call('reviewer', 'POST', path, { body: { reason: `${verb}: by telephone` } });
  }
  /** What went wrong and what was ordered, as the engineer's page has it: `machine event by-whom reason`. */
  async machineHistory(): Promise<readonly string[]> {
    return (await this.review()).at('machineHistory').items.map((line) => {
      const [who, reason] = [line.at('by', 'kind').text, line.at('texts', 'reason')];
      const words = [line.at('name').text, line.at('event', 'type').text, who];
      return [...words, ...(reason.value === undefined ? [] : [reason.text])].join(' ');
    });
  }
  async revoke(): Promise<void> {
    const { headers } = await this.postern.call('approver', 'GET', this.adminPath);
    const body = { reasonCode: 'terms-violated', internalReason: 'Was bad.' };
    const etag = headers.get('etag') ?? '';
    const options = { body, headers: { 'if-match': etag } };
    const { status } = await this.postern.call('approver', 'POST', `${this.adminPath}/revoke`, options);
    if (status !== 202) throw new Error(`revoking was answered ${String(status)}`);
  }

  // ------------------------------------------------------------------ the cloud

  arm(method: string, path: string, body?: object) {
    const target = `/subscriptions/${this.subscriptionId}${path}?api-version=2025-04-01`;
    return this.postern.control(method, target, { token: 'any', ...(body === undefined ? {} : { body }) });
  }
  setState(state: 'Enabled' | 'Disabled') {
    return this.arm('PATCH', '', { state });
  }
  lock() {
    return this.arm('PUT', keep, { properties: { level: 'ReadOnly' } });
  }
  unlock() {
    return this.arm('DELETE', keep);
  }
  deny(...denied: readonly unknown[]) {
    const path = `/_control/subscriptions/${this.subscriptionId}/rights`;
    return this.postern.control('PUT', path, { body: { denied } });
  }
  /** Something that goes wrong here, until it is mended. */
  async fault(order: object, path = ''): Promise<{ readonly mend: () => Promise<unknown> }> {
    const body = { ...order, match: { path: `${this.subscriptionId}.*${path}` } };
    const { body: fault } = await this.postern.control('POST', '/_control/faults', { body });
    const id = fault.at('id').text;
    return { mend: () => this.postern.control('DELETE', `/_control/faults/${id}`) };
  }
  powerToBe(name: string, power: string) {
    const ask = () => this.postern.cloud.powerState(this.subscriptionId, name);
    return until(`${name} to be ${power}`, ask, (state) => state === `PowerState/${power}`, 60_000);
  }
  /** Power operations that the cloud took of this subscription, in order: `deallocate mx1`. */
  async powerCalls(): Promise<readonly string[]> {
    const { body } = await this.postern.control('GET', '/_control/calls');
    return body
      .at('calls')
      .items.filter((call) => call.at('method').text === 'POST' && call.at('status').value === 202)
      .map((call) => call.at('path').text)
      .filter((path) => path.toLowerCase().includes(this.subscriptionId))
      .map((path) => path.split('?')[0]?.split('/').slice(-2).reverse().join(' ') ?? '');
  }
  /** The wire of every machine; throws where Postern's word of one is another. */
  async wire(): Promise<readonly string[]> {
    const wire = await this.postern.cloud.wire(this.subscriptionId);
    for (const row of await machineRows(this.postern, this.exemptionId)) {
      const truth = wire.get(row.at('name').text);
      if (truth !== 'off' && (truth === 'open') !== row.at('exempt').value)
        throw new Error(`${row.at('name').text} is ${truth ?? 'absent'}, and told otherwise`);
    }
    return [...wire].map(([name, port25]) => `${name} ${port25}`);
  }
}

const keep = '/providers/Microsoft.Authorization/locks/keep';
