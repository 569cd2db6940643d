import { z } from 'zod';
import type { FoundMachine } from '../../domain/ports/machine-search.js';
import { plain, resourceId } from './azure-shapes.js';

/** What may stand in a query: nothing else is put between its quotes, so that no id ends the text of one (OWASP A03). */
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

export function isSearchable(vmId: string): boolean {
  return uuid.test(vmId);
}

/**
 * Instances of uniform scale sets lie in a table of their own, `ComputeResources`
 * (https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources). Without `id` among
 * its columns, and an order that does not change, an answer has no pages
 * (https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data).
 */
export function queryFor(vmIds: readonly string[]): string {
  const wanted = vmIds.map((vmId) => `'${vmId}'`).join(', ');
  return [
    "Resources | where type =~ 'microsoft.compute/virtualmachines'",
    "| union (ComputeResources | where type =~ 'microsoft.compute/virtualmachinescalesets/virtualmachines')",
    '| extend vmId = tolower(tostring(properties.vmId))',
    `| where vmId in (${wanted})`,
    '| project id, name, location, subscriptionId, vmId',
    '| order by id asc',
  ].join(' ');
}

const machineForm =
  /^\/subscriptions\/([^/]+)\/resourcegroups\/[^/]+\/providers\/microsoft\.compute\/(virtualmachines|virtualmachinescalesets\/[^/]+\/virtualmachines)\/[^/]+$/i;

const foundMachine = z.object({
  id: resourceId.regex(machineForm),
  name: plain(200),
  location: plain(100),
  subscriptionId: plain(100),
  vmId: z.string().toLowerCase().regex(uuid),
});

/**
 * An answer in the format `objectArray` (2024-04-01). `resultTruncated` is a text, `true` or `false`
 * (https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources).
 */
export const searchPage = z.object({
  totalRecords: z.int().min(0),
  resultTruncated: z.string(),
  $skipToken: z.string().max(100_000).nullish(),
  data: z.array(foundMachine),
});

/** Null for a machine that was not asked for, or that is said to lie elsewhere than its id says. */
export function foundMachineOf(
  row: z.infer<typeof foundMachine>,
  asked: ReadonlySet<string>,
): FoundMachine | null {
  const subscriptionId = row.subscriptionId.toLowerCase();
  const [, named = ''] = machineForm.exec(row.id) ?? [];
  if (!asked.has(row.vmId) || named.toLowerCase() !== subscriptionId) return null;
  const { id, name, location, vmId } = row;
  return { vmId, resourceId: id, subscriptionId, name, location };
}
