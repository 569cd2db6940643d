import { randomUUID } from 'node:crypto';
import type { EmulatorClock } from '../clock.js';
import type { Happening, Journal } from '../journal.js';
import { hashOf } from '../varied.js';
import type { EntraIssuer } from './entra-issuer.js';
import { eventOf, written, type GridEvent } from './grid-event.js';
import { cloudEventHandshake, eventGridHandshake, type Agreement } from './handshake.js';
import { send, webhookOrigin } from './sender.js';
import type { GridSettings } from './settings.js';

/** Whoever does not answer the handshake may follow its link as long. */
const linkHoldsMs = 10 * 60_000;
const mostTries = 10_000;

/** The event subscription that stands; a later one, and a reset, ends it. */
export interface EventSubscription {
  readonly settings: GridSettings;
  readonly linkId: string;
  readonly linkEndsAtMs: number;
  state: 'AwaitingManualAction' | 'Succeeded';
  /** Deliveries that are due, under way, or to be tried again. */
  pending: number;
  delivered: number;
  givenUp: number;
}

/** One try of one delivery. */
export interface Try {
  readonly eventId: string;
  readonly at: string;
  readonly attempt: number;
  /** 0 where there was no answer. */
  readonly status: number;
}

/** Event Grid: tells an endpoint what has ended, at least once, in no order, and tries again where it is not taken. */
export class EventGrid {
  private standing: EventSubscription | null = null;
  private readonly underWay = new Set<Promise<void>>();
  private stopping = new AbortController();
  /** The newest tries. */
  readonly tries: Try[] = [];

  constructor(
    private readonly clock: EmulatorClock,
    private readonly issuer: EntraIssuer,
    journal: Journal,
  ) {
    journal.onEnd((happening) => {
      this.publish(happening);
    });
  }

  get subscription(): EventSubscription | null {
    return this.standing;
  }

  /** Shakes hands with an endpoint. From then on it gets events, unless it refused: then nothing has changed. */
  async subscribe(settings: GridSettings, linkTo: (linkId: string) => string): Promise<Agreement> {
    const linkId = randomUUID();
    const shake = settings.schema === 'cloud-event' ? cloudEventHandshake : eventGridHandshake;
    const agreement = await shake({
      name: settings.name,
      subscriptionId: settings.subscriptions?.[0] ?? '00000000-0000-0000-0000-000000000000',
      link: linkTo(linkId),
      nowMs: this.clock.nowMs(),
      call: (sent) => send(settings, this.issuer, sent, this.stopping.signal),
    });
    if (agreement.kind === 'refused') return agreement;
    this.standing = {
      settings,
      linkId,
      linkEndsAtMs: this.clock.nowMs() + linkHoldsMs,
      state: agreement.kind === 'agreed' ? 'Succeeded' : 'AwaitingManualAction',
      pending: 0,
      delivered: 0,
      givenUp: 0,
    };
    return agreement;
  }

  /** Follows the link of a handshake; false where it is another one's, or has ended. */
  agree(linkId: string): boolean {
    const { standing } = this;
    if (standing?.linkId !== linkId || this.clock.nowMs() > standing.linkEndsAtMs) return false;
    standing.state = 'Succeeded';
    return true;
  }

  /** Ends the event subscription; what was on its way is not delivered any more. */
  reset(): void {
    this.standing = null;
    this.tries.length = 0;
    this.stopping.abort();
    this.stopping = new AbortController();
  }

  /** Resolves when nothing is on its way to the endpoint; what waits for its time is not. */
  async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  private publish(happening: Happening): void {
    const { standing } = this;
    if (standing?.state !== 'Succeeded') return;
    const { subscriptions, duplicates, caseChanges } = standing.settings;
    if (subscriptions !== null && !subscriptions.includes(happening.subscriptionId)) return;
    const event = eventOf(happening, caseChanges);
    for (let copy = 0; copy <= duplicates; copy += 1) {
      standing.pending += 1;
      this.clock.at(this.dueAtMs(standing, `${event.id}/${String(copy)}`), () => {
        this.begin(standing, event, 1);
      });
    }
  }

  private dueAtMs({ settings: { delayMs, shuffle } }: EventSubscription, seed: string): number {
    const more = shuffle ? ((hashOf(seed) % 1_000) / 1_000) * Math.max(delayMs, 1_000) : 0;
    return this.clock.nowMs() + delayMs + more;
  }

  private begin(standing: EventSubscription, event: GridEvent, attempt: number): void {
    if (this.standing !== standing) return;
    const done = () => void this.underWay.delete(way);
    const way = this.deliver(standing, event, attempt).then(done, done);
    this.underWay.add(way);
  }

  private async deliver(standing: EventSubscription, event: GridEvent, attempt: number): Promise<void> {
    const { settings } = standing;
    const body = written(event, settings.schema);
    const headers = headersOf(settings, event, attempt);
    const { signal } = this.stopping;
    const { status } = await send(settings, this.issuer, { method: 'POST', headers, body }, signal);
    if (this.standing !== standing) return;
    this.tries.push({ eventId: event.id, at: this.clock.now(), attempt, status });
    if (this.tries.length > mostTries) this.tries.shift();
    const waitMs = settings.retryDelaysMs[attempt - 1];
    if (status >= 200 && status <= 204) standing.delivered += 1;
    else if (waitMs === undefined) standing.givenUp += 1;
    else {
      this.clock.at(this.clock.nowMs() + waitMs, () => {
        this.begin(standing, event, attempt + 1);
      });
      return;
    }
    standing.pending -= 1;
  }
}

function headersOf({ name, schema }: GridSettings, { id }: GridEvent, attempt: number) {
  const isCloudEvent = schema === 'cloud-event';
  return {
    'aeg-event-type': 'Notification',
    'aeg-subscription-name': name.toUpperCase(),
    'aeg-delivery-count': String(attempt - 1),
    'aeg-output-event-id': id,
    'aeg-metadata-version': isCloudEvent ? '1.0' : '1',
    ...(isCloudEvent ? { 'webhook-request-origin': webhookOrigin } : { 'aeg-data-version': '2' }),
  };
}
