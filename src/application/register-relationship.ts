import { conflict } from '../domain/refusals.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import type { PartnerRelationship } from '../domain/ports/registry-stores.js';
import type { Call } from './call.js';

export type RegisterRelationshipCommand = PartnerRelationship;

export interface RelationshipView extends PartnerRelationship {
  readonly created: boolean;
}

/** Registers a partner's right to act for a customer, or its end: from then on the partner sees nothing of it. */
@Injectable()
export class RegisterRelationship {
  constructor(private readonly unitOfWork: UnitOfWork) {}

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
      await tx.relationships.save(command);
      await tx.audit(
        'relationship.registered',
        { type: 'relationship', id: `${partnerTenantId}/${customerTenantId}` },
        { status: command.status },
      );
      return { ...command, created: known === null };
    });
  }
}
