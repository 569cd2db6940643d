import { Injectable } from '@nestjs/common';
import {
  type CallPurpose,
  ComputeControlPlane,
  type Listing,
  type MachineAnswer,
  type MachineDescription,
  type OperationAnswer,
  type PowerOrderAnswer,
  type PowerSighting,
  type SubscriptionAnswer,
  ordinaryCall,
} from '../../domain/ports/compute-control-plane.js';
import { retryAfterSeconds } from '../http-values.js';
import type { ArmAnswer, ArmClient } from './arm-client.js';
import { codeOf } from './arm-listing.js';
import { chargeOf } from './azure-charges.js';
import { armErrorOf, isMissing, isOurTokenRefused, refusalOf } from './azure-errors.js';
import {
  descriptionOf,
  machineBody,
  operationBody,
  operationOf,
  powerStateOf,
  setOfInstance,
  sightingOf,
  subscriptionBody,
} from './azure-shapes.js';
import { listMachinesAndInstances } from './machine-listing.js';

/** api-versions as the provider publishes them. */
const subscriptions = 'api-version=2022-12-01';
const compute = 'api-version=2025-04-01';

/** Azure's control plane over its REST protocol. Whatever is no clear answer is told as what it is: unknown. */
@Injectable()
export class AzureCompute extends ComputeControlPlane {
  constructor(private readonly arm: ArmClient) {
    super();
  }

  override async readSubscription(
    subscriptionId: string,
    purpose: CallPurpose = ordinaryCall,
  ): Promise<SubscriptionAnswer> {
    const path = `/subscriptions/${subscriptionId}?${subscriptions}`;
    const answer = await this.arm.call('GET', path, chargeOf('subscriptionReads', path, purpose));
    if (answer.kind !== 'answered') return unavailable(answer);
    const parsed = subscriptionBody.safeParse(answer.body);
    if (answer.status === 200 && parsed.success) {
      const { state, tenantId, tags } = parsed.data;
      return { kind: 'found', state, tenantId: tenantId.toLowerCase(), tags: tags ?? {} };
    }
    const code = codeOf(answer);
    if (answer.status === 404 && code === 'SubscriptionNotFound') return { kind: 'not-found' };
    const isRefusal = answer.status >= 400 && !isOurTokenRefused(answer.status, code);
    return isRefusal ? { kind: 'refused', code } : { kind: 'unavailable', code, retryAfterSeconds: null };
  }

  override listMachines(
    subscriptionId: string,
    purpose: CallPurpose = ordinaryCall,
  ): Promise<Listing<MachineDescription>> {
    const queries = { machines: compute, instances: compute };
    return listMachinesAndInstances(this.arm, {
      ...queries,
      subscriptionId,
      purpose,
      read: descriptionOf,
      sets: null,
    });
  }

  override listPowerStates(
    subscriptionId: string,
    purpose: CallPurpose = ordinaryCall,
    sets: readonly string[] = [],
  ): Promise<Listing<PowerSighting>> {
    const queries = { machines: `${compute}&statusOnly=true`, instances: `${compute}&$expand=instanceView` };
    return listMachinesAndInstances(this.arm, {
      ...queries,
      subscriptionId,
      purpose,
      read: sightingOf,
      sets,
    });
  }

  override async readMachine(
    resourceId: string,
    purpose: CallPurpose = ordinaryCall,
  ): Promise<MachineAnswer> {
    const charge = chargeOf('instanceView', resourceId, purpose);
    const answer = await this.arm.call('GET', `${resourceId}?${compute}&$expand=instanceView`, charge);
    if (answer.kind !== 'answered') return unknown(answer);
    if (isMissing(answer.status, armErrorOf(answer.body))) return { kind: 'not-found' };
    const parsed = machineBody.safeParse(answer.body);
    const machine = parsed.success ? descriptionOf(parsed.data) : null;
    if (answer.status !== 200 || !parsed.success || machine === null) {
      return { kind: 'unknown', code: codeOf(answer), retryAfterSeconds: null };
    }
    return { kind: 'found', machine, powerState: powerStateOf(parsed.data) };
  }

  override deallocate(resourceId: string, purpose: CallPurpose = ordinaryCall): Promise<PowerOrderAnswer> {
    return this.order('deallocate', resourceId, purpose);
  }

  override start(resourceId: string, purpose: CallPurpose = ordinaryCall): Promise<PowerOrderAnswer> {
    return this.order('start', resourceId, purpose);
  }

  override async readOperation(
    operationUrl: string,
    purpose: CallPurpose = ordinaryCall,
  ): Promise<OperationAnswer> {
    const answer = await this.arm.call('GET', operationUrl, chargeOf('operation', operationUrl, purpose));
    if (answer.kind === 'foreign-host') return answer;
    if (answer.kind === 'unavailable') return unavailable(answer);
    if (answer.status === 404) return { kind: 'gone' };
    const parsed = operationBody.safeParse(answer.body);
    if (answer.status >= 300 || !parsed.success) {
      return { kind: 'unavailable', code: codeOf(answer), retryAfterSeconds: null };
    }
    return operationOf(parsed.data, retryAfterSeconds(answer.headers));
  }

  private async order(
    what: 'deallocate' | 'start',
    resourceId: string,
    purpose: CallPurpose,
  ): Promise<PowerOrderAnswer> {
    // Instances of scale sets have counters of their own.
    const policy = setOfInstance(resourceId) === null ? what : (`${what}Instance` as const);
    const charge = chargeOf(policy, resourceId, purpose);
    const answer = await this.arm.call('POST', `${resourceId}/${what}?${compute}`, charge, purpose);
    if (answer.kind !== 'answered') return unavailable(answer);
    if (answer.status === 200 || answer.status === 202) {
      const operationUrl = answer.headers.get('azure-asyncoperation');
      const correlationId =
        answer.headers.get('x-ms-correlation-request-id')?.slice(0, 100).toLowerCase() ?? null;
      const cloudRequestId = answer.headers.get('x-ms-request-id');
      return { kind: 'accepted', operationUrl, cloudRequestId, correlationId };
    }
    const { code, message } = armErrorOf(answer.body);
    // Our token was not taken: that says nothing about the machine, and nothing about our rights on it.
    if (answer.status < 400 || isOurTokenRefused(answer.status, code))
      return { kind: 'unavailable', code: codeOf(answer), retryAfterSeconds: null };
    return { kind: 'refused', why: refusalOf(answer.status, { code, message }), code, message };
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
