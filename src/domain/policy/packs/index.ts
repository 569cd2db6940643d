import type { PackId, PolicyPack } from '../policy-pack.js';
import { packP0 } from './p00-2017-11.pack.js';
import { packP1 } from './p01-2018-06.pack.js';
import { packP2 } from './p02-2018-11.pack.js';
import { packP3 } from './p03-2018-11.pack.js';
import { packP4 } from './p04-2020-12.pack.js';
import { packP5 } from './p05-2021-01.pack.js';
import { packP6 } from './p06-2021-04.pack.js';
import { packP7 } from './p07-2021-10.pack.js';
import { packP8 } from './p08-2022.pack.js';
import { packP9 } from './p09-2023-12.pack.js';
import { packP10 } from './p10-2025-07.pack.js';

/** Every version of the policy, oldest first: a new one is one file and one line here. */
export const policyPacks: readonly PolicyPack[] = [
  packP0,
  packP1,
  packP2,
  packP3,
  packP4,
  packP5,
  packP6,
  packP7,
  packP8,
  packP9,
  packP10,
];

/** The version in force where nothing else is configured (`POLICY_PACK`). */
export const defaultPackId: PackId = 'P3';

/** The version of that id (letter case does not matter), or null. */
export function findPolicyPack(id: string): PolicyPack | null {
  return policyPacks.find((pack) => pack.id === id.trim().toUpperCase()) ?? null;
}
