import { hasRole } from '../domain/access/permissions.js';
import { conflict } from '../domain/refusals.js';
import { Injectable } from '@nestjs/common';
import { Clock } from '../domain/ports/clock.js';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import type { PartnerRelationship } from '../domain/ports/registry-stores.js';
import { changedFacts } from '../domain/subscription/changed-facts.js';
import type { Call } from './call.js';

export type RegisterRelationshipCommand = Omit<PartnerRelationship, 'source' | 'confirmedAt'>;

export interface RelationshipView extends PartnerRelationship {
  readonly created: boolean;
}

/** Registers a partner's right to act for a customer, or its end: from then on the partner sees nothing of it. */
@Injectable()
export class RegisterRelationship {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async run(call: Call, command: RegisterRelationshipCommand): Promise<RelationshipView> {
    return this.unitOfWork.run(call, async (tx) => {
      const { partnerTenantId, customerTenantId } = command;
      const partner = await tx.tenants.find(partnerTenantId);
      const customer = await tx.tenants.find(customerTenantId);
      if (partner?.kind !== 'partner' || customer === null || partnerTenantId === customerTenantId) {
        throw conflict(
          'tenants-not-registered',
          'A relationship stands between a registered partner and a registered customer.',
          'Register both tenants first, the partner with kind "partner".',
        );
      }
      const known = await tx.relationships.find(partnerTenantId, customerTenantId);
      const relationship = { ...command, source: sourceOf(call), confirmedAt: this.clock.now() } as const;
      await tx.relationships.save(relationship);
      await tx.registrations.add(
        { type: 'relationship', id: `${partnerTenantId}/${customerTenantId}` },
        call.actor,
        relationship.confirmedAt,
        changedFacts<RegisterRelationshipCommand>(known, command, ['status', 'kind', 'validFrom', 'validTo']),
      );
      await tx.audit(
        'relationship.registered',
        { type: 'relationship', id: `${partnerTenantId}/${customerTenantId}` },
        { status: command.status, kind: command.kind, source: relationship.source },
      );
      return { ...relationship, created: known === null };
    });
  }
}

/** An operator's word stands until it is changed; a feed's has to be said again (RELATIONSHIP_FRESH_DAYS). */
function sourceOf({ actor }: Call): PartnerRelationship['source'] {
  return hasRole(actor, 'Operator') ? 'operator' : 'feed';
}
