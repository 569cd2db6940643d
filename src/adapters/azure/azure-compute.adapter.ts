import { Injectable } from '@nestjs/common';
import {
  ComputeControlPlane,
  type Listing,
  type MachineAnswer,
  type MachineDescription,
  type OperationAnswer,
  type PowerOrderAnswer,
  type PowerSighting,
  type SubscriptionAnswer,
} from '../../domain/ports/compute-control-plane.js';
import type { ArmAnswer, ArmClient } from './arm-client.js';
import { armErrorOf, failureOf, refusalOf } from './azure-errors.js';
import {
  descriptionOf,
  machineBody,
  machinePage,
  operationBody,
  powerStateOf,
  sightingOf,
  subscriptionBody,
} from './azure-shapes.js';

/** api-versions as the provider publishes them. */
const subscriptions = 'api-version=2022-12-01';
const compute = 'api-version=2025-04-01';
const mostPages = 10_000;

/** Azure's control plane over its REST protocol. Whatever is no clear answer is told as what it is: unknown. */
@Injectable()
export class AzureCompute extends ComputeControlPlane {
  constructor(private readonly arm: ArmClient) {
    super();
  }

  override async readSubscription(subscriptionId: string): Promise<SubscriptionAnswer> {
    const answer = await this.arm.call('GET', `/subscriptions/${subscriptionId}?${subscriptions}`);
    if (answer.kind !== 'answered') return unavailable(answer);
    const parsed = subscriptionBody.safeParse(answer.body);
    if (answer.status === 200 && parsed.success) {
      const { state, tenantId, tags } = parsed.data;
      return { kind: 'found', state, tenantId: tenantId.toLowerCase(), tags: tags ?? {} };
    }
    const { code } = armErrorOf(answer.body);
    if (answer.status === 404 && code === 'SubscriptionNotFound') return { kind: 'not-found' };
    if (answer.status >= 400) return { kind: 'refused', code };
    return { kind: 'unavailable', code: 'answer-not-understood', retryAfterSeconds: null };
  }

  override listMachines(subscriptionId: string): Promise<Listing<MachineDescription>> {
    return this.list(`${machinesOf(subscriptionId)}?${compute}`, descriptionOf);
  }

  override listPowerStates(subscriptionId: string): Promise<Listing<PowerSighting>> {
    return this.list(`${machinesOf(subscriptionId)}?${compute}&statusOnly=true`, sightingOf);
  }

  override async readMachine(resourceId: string): Promise<MachineAnswer> {
    const answer = await this.arm.call('GET', `${resourceId}?${compute}&$expand=instanceView`);
    if (answer.kind !== 'answered') return unknown(answer);
    if (answer.status === 404) {
      const { code } = armErrorOf(answer.body);
      // A subscription that is not found says nothing of its machines (fault F24).
      const isGone = code === 'ResourceNotFound' || code === 'ResourceGroupNotFound';
      return isGone ? { kind: 'not-found' } : { kind: 'unknown', code, retryAfterSeconds: null };
    }
    const parsed = machineBody.safeParse(answer.body);
    const machine = parsed.success ? descriptionOf(parsed.data) : null;
    if (answer.status !== 200 || !parsed.success || machine === null) {
      return { kind: 'unknown', code: armErrorOf(answer.body).code, retryAfterSeconds: null };
    }
    return { kind: 'found', machine, powerState: powerStateOf(parsed.data) };
  }

  override deallocate(resourceId: string): Promise<PowerOrderAnswer> {
    return this.order(`${resourceId}/deallocate?${compute}`);
  }

  override start(resourceId: string): Promise<PowerOrderAnswer> {
    return this.order(`${resourceId}/start?${compute}`);
  }

  override async readOperation(operationUrl: string): Promise<OperationAnswer> {
    const answer = await this.arm.call('GET', operationUrl);
    if (answer.kind === 'foreign-host') return answer;
    if (answer.kind === 'unavailable') return unavailable(answer);
    if (answer.status === 404) return { kind: 'gone' };
    const parsed = operationBody.safeParse(answer.body);
    if (answer.status !== 200 || !parsed.success) {
      return { kind: 'unavailable', code: armErrorOf(answer.body).code, retryAfterSeconds: null };
    }
    return operationOf(parsed.data);
  }

  private async order(path: string): Promise<PowerOrderAnswer> {
    const answer = await this.arm.call('POST', path);
    if (answer.kind !== 'answered') return unavailable(answer);
    if (answer.status === 200 || answer.status === 202) {
      const operationUrl = answer.headers.get('azure-asyncoperation');
      return { kind: 'accepted', operationUrl, cloudRequestId: answer.headers.get('x-ms-request-id') };
    }
    const error = armErrorOf(answer.body);
    return {
      kind: 'refused',
      why: refusalOf(answer.status, error),
      code: error.code,
      message: error.message,
    };
  }

  private async list<T>(
    first: string,
    read: (body: Parameters<typeof sightingOf>[0]) => T | null,
  ): Promise<Listing<T>> {
    const items: T[] = [];
    let next: string | undefined = first;
    for (let page = 0; next !== undefined; page += 1) {
      if (page >= mostPages) return incomplete('too-many-pages', null);
      const answer: ArmAnswer = await this.arm.call('GET', next);
      if (answer.kind === 'foreign-host') return incomplete('next-page-on-another-host', null);
      if (answer.kind === 'unavailable') return incomplete(answer.code, answer.retryAfterSeconds);
      const parsed = machinePage.safeParse(answer.body);
      if (answer.status !== 200 || !parsed.success) return incomplete(armErrorOf(answer.body).code, null);
      for (const body of parsed.data.value) {
        const item = read(body);
        if (item === null) return incomplete('machine-without-id', null);
        items.push(item);
      }
      next = parsed.data.nextLink;
    }
    return { kind: 'complete', items };
  }
}

function machinesOf(subscriptionId: string): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.Compute/virtualMachines`;
}

function operationOf(body: {
  readonly status: string;
  readonly endTime?: string | undefined;
  readonly error?: unknown;
}): OperationAnswer {
  switch (body.status.toLowerCase()) {
    case 'succeeded':
      return {
        kind: 'succeeded',
        endTime: body.endTime === undefined ? null : new Date(body.endTime).toISOString(),
      };
    case 'failed':
    case 'canceled': {
      const error = armErrorOf(body);
      return { kind: 'failed', why: failureOf(error), code: error.code, message: error.message };
    }
    default:
      return { kind: 'running', retryAfterSeconds: null };
  }
}

type NoAnswer = Exclude<ArmAnswer, { readonly kind: 'answered' }>;

function unavailable(answer: NoAnswer): Extract<PowerOrderAnswer, { readonly kind: 'unavailable' }> {
  return answer.kind === 'unavailable'
    ? answer
    : { kind: 'unavailable', code: 'foreign-host', retryAfterSeconds: null };
}

function unknown(answer: NoAnswer): MachineAnswer {
  const { code, retryAfterSeconds } = unavailable(answer);
  return { kind: 'unknown', code, retryAfterSeconds };
}

function incomplete(
  code: string,
  retryAfterSeconds: number | null,
): Extract<Listing<never>, { readonly kind: 'incomplete' }> {
  return { kind: 'incomplete', code, message: 'the listing is not complete', retryAfterSeconds };
}
