import { Injectable } from '@nestjs/common';
import { type CallPurpose, ordinaryCall } from '../../domain/ports/compute-control-plane.js';
import type { CallCharge } from '../../domain/ports/call-budget.js';
import {
  type FoundMachine,
  MachineSearch,
  type MachineSearchAnswer,
} from '../../domain/ports/machine-search.js';
import type { ArmClient } from './arm-client.js';
import { codeOf } from './arm-listing.js';
import { searchCharge } from './azure-charges.js';
import { foundMachineOf, isSearchable, queryFor, searchPage } from './resource-graph-shapes.js';

const path = '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01';
/** A query of some 8 kB. */
const mostIds = 200;
/** Rows a page: the most that the service gives. */
const pageSize = 1_000;
/** A machine has one row, or two while it is being moved: one page holds them all, and more are no answer to this question. */
const mostPages = 20;

type Unavailable = Extract<MachineSearchAnswer, { readonly kind: 'unavailable' }>;

/**
 * Azure Resource Graph: `POST /providers/Microsoft.ResourceGraph/resources` without `subscriptions`, which asks all that the
 * caller may read (docs/decisions/0027-moved-machines-are-found-by-resource-graph.md).
 */
@Injectable()
export class AzureMachineSearch extends MachineSearch {
  constructor(private readonly arm: ArmClient) {
    super();
  }

  override async findByVmId(
    vmIds: readonly string[],
    purpose: CallPurpose = ordinaryCall,
  ): Promise<MachineSearchAnswer> {
    const wanted = [...new Set(vmIds.map((vmId) => vmId.toLowerCase()))];
    // Left out, it would look as if it had been looked for and not been found.
    if (!wanted.every(isSearchable)) return unavailable('vm-id-is-no-uuid');
    const charge = searchCharge(purpose);
    const machines: FoundMachine[] = [];
    for (let from = 0; from < wanted.length; from += mostIds) {
      const found = await this.findBatch(wanted.slice(from, from + mostIds), charge);
      if (found.kind === 'unavailable') return found;
      machines.push(...found.machines);
    }
    return { kind: 'answered', machines };
  }

  /** One query to its last page; an answer that lacks one is none. */
  private async findBatch(vmIds: readonly string[], charge: CallCharge): Promise<MachineSearchAnswer> {
    const query = queryFor(vmIds);
    const asked = new Set(vmIds);
    const machines: FoundMachine[] = [];
    const tokens = new Set<string>();
    let $skipToken: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const options = { resultFormat: 'objectArray', $top: pageSize, $skipToken };
      const answer = await this.arm.call('POST', path, charge, { body: { query, options } });
      if (answer.kind === 'foreign-host') return unavailable('next-page-on-another-host');
      if (answer.kind === 'unavailable') return unavailable(answer.code, answer.retryAfterSeconds);
      const parsed = searchPage.safeParse(answer.body);
      if (answer.status !== 200 || !parsed.success) return unavailable(codeOf(answer));
      // Of a caller who may read more than 10,000 subscriptions the service looks into the first 10,000 only.
      if (answer.headers.get('x-ms-tenant-subscription-limit-hit')?.toLowerCase() === 'true')
        return unavailable('too-many-subscriptions');
      for (const row of parsed.data.data) {
        const machine = foundMachineOf(row, asked);
        if (machine === null) return unavailable('answer-not-understood');
        machines.push(machine);
      }
      const { $skipToken: next, resultTruncated, totalRecords } = parsed.data;
      if (next === undefined || next === null || next === '') {
        const isWhole = resultTruncated.toLowerCase() === 'false' && machines.length >= totalRecords;
        return isWhole ? { kind: 'answered', machines } : unavailable('result-truncated');
      }
      if (tokens.has(next)) return unavailable('pages-in-a-circle');
      tokens.add(next);
      $skipToken = next;
    }
    return unavailable('too-many-pages');
  }
}

function unavailable(code: string, retryAfterSeconds: number | null = null): Unavailable {
  return { kind: 'unavailable', code, retryAfterSeconds };
}
