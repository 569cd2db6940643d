import type { ArmAnswer, ArmCall } from './arm-answer.js';
import { ArmError, notAllowed } from './errors.js';
import type { EmulatedSubscription } from './subscription.js';
import type { World } from './world.js';

type Tags = Record<string, string>;
interface TagsBody {
  readonly operation?: string;
  readonly properties?: { readonly tags?: Tags };
}

const mostTags = 50;
const longest = { name: 512, value: 256 } as const;

/**
 * The tags of a subscription at `…/Microsoft.Resources/tags/default` (2021-04-01): PUT replaces them all, PATCH merges,
 * replaces or deletes. Names are the same in any case, and keep the one in which they were written.
 */
export function tagRoute(world: World, call: ArmCall, subscriptionId: string): ArmAnswer {
  const subscription = world.cloud.subscription(subscriptionId);
  switch (call.method) {
    case 'GET':
      return { status: 200, body: present(subscription) };
    case 'PUT':
      subscription.tags = checked(tagsOf(call.body));
      return { status: 200, body: present(subscription) };
    case 'PATCH':
      subscription.tags = checked(patched(subscription.tags, call.body as TagsBody | undefined));
      return { status: 200, body: present(subscription) };
    case 'DELETE':
      subscription.tags = {};
      return { status: 200 };
    default:
      throw notAllowed(call);
  }
}

function present({ id, tags }: EmulatedSubscription): object {
  return {
    id: `/subscriptions/${id}/providers/Microsoft.Resources/tags/default`,
    name: 'default',
    type: 'Microsoft.Resources/tags',
    properties: { tags },
  };
}

function patched(tags: Tags, body: TagsBody | undefined): Tags {
  const given = tagsOf(body);
  const names = Object.keys(given).map((name) => name.toLowerCase());
  const others = Object.fromEntries(
    Object.entries(tags).filter(([name]) => !names.includes(name.toLowerCase())),
  );
  switch (body?.operation?.toLowerCase()) {
    case 'merge':
      return { ...others, ...given };
    case 'replace':
      return given;
    case 'delete':
      return others;
    default:
      throw invalid("The value of 'operation' is one of Merge, Replace, Delete.");
  }
}

function tagsOf(body: unknown): Tags {
  const { properties } = (body ?? {}) as TagsBody;
  if (typeof properties?.tags !== 'object') throw invalid("The request body needs 'properties.tags'.");
  return properties.tags;
}

function checked(tags: Tags): Tags {
  const entries = Object.entries(tags);
  if (entries.length > mostTags) throw invalid(`A subscription may have ${mostTags} tags.`);
  for (const [name, value] of entries) {
    if (name === '' || name.length > longest.name || /[<>%&\\?/]/.test(name))
      throw invalid(`The tag name '${name}' is not valid.`);
    if (typeof value !== 'string' || value.length > longest.value)
      throw invalid(`The value of tag '${name}' is not valid.`);
  }
  return tags;
}

const invalid = (message: string) => new ArmError(400, 'InvalidTag', message);
