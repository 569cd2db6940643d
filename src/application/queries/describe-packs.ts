import { Injectable } from '@nestjs/common';
import type { PolicyPack } from '../../domain/policy/policy-pack.js';
import { findPolicyPack, policyPacks } from '../../domain/policy/packs/index.js';
import { Settings } from '../../domain/ports/settings.js';
import { notFound } from '../../domain/refusals.js';

/** A version of the policy as data, and whether new requests are judged by it. */
export interface PackView extends PolicyPack {
  readonly inForce: boolean;
}

/** Shows the versions of the policy. */
@Injectable()
export class DescribePacks {
  constructor(private readonly settings: Settings) {}

  /** All versions, oldest first. */
  all(): readonly PackView[] {
    return policyPacks.map((pack) => this.view(pack));
  }

  /** One version; letter case does not matter. Not found is 404. */
  one(id: string): PackView {
    const pack = findPolicyPack(id);
    if (pack === null) throw notFound();
    return this.view(pack);
  }

  private view(pack: PolicyPack): PackView {
    return { ...pack, inForce: pack.id === findPolicyPack(this.settings.defaultPack)?.id };
  }
}
