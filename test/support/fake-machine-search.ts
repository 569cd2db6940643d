import { ordinaryCall, type CallPurpose } from '../../src/domain/ports/compute-control-plane.js';
import {
  type FoundMachine,
  MachineSearch,
  type MachineSearchAnswer,
} from '../../src/domain/ports/machine-search.js';

/** An index in memory: it shows what a test has put into it, as late as the test likes. Held to the contract in test/contract. */
export class FakeMachineSearch extends MachineSearch {
  /** What was looked for, in order. */
  readonly asked: { readonly vmIds: readonly string[]; readonly purpose: CallPurpose }[] = [];
  private readonly shown = new Map<string, FoundMachine>();
  private readonly wrong: MachineSearchAnswer[] = [];

  /** From now on the index shows a machine there, beside any other place of it. */
  show(machine: Omit<FoundMachine, 'subscriptionId'>): void {
    const subscriptionId = machine.resourceId.split('/')[2]?.toLowerCase() ?? '';
    const vmId = machine.vmId.toLowerCase();
    this.shown.set(machine.resourceId.toLowerCase(), { ...machine, vmId, subscriptionId });
  }
  /** From now on the index shows nothing there. */
  hide(resourceId: string): void {
    this.shown.delete(resourceId.toLowerCase());
  }
  /** The next searches are answered so, one each. */
  answerWrongly(answer: MachineSearchAnswer, times = 1): void {
    this.wrong.push(...Array.from({ length: times }, () => answer));
  }

  override findByVmId(
    vmIds: readonly string[],
    purpose: CallPurpose = ordinaryCall,
  ): Promise<MachineSearchAnswer> {
    this.asked.push({ vmIds, purpose });
    const wrong = vmIds.length === 0 ? undefined : this.wrong.shift();
    if (wrong !== undefined) return Promise.resolve(wrong);
    const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
    if (!vmIds.every((vmId) => uuid.test(vmId)))
      return Promise.resolve({ kind: 'unavailable', code: 'vm-id-is-no-uuid', retryAfterSeconds: null });
    const wanted = new Set(vmIds.map((vmId) => vmId.toLowerCase()));
    const machines = [...this.shown.values()].filter(({ vmId }) => wanted.has(vmId));
    return Promise.resolve({ kind: 'answered', machines });
  }
}
