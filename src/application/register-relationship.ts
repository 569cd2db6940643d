import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import type { PartnerRelationship } from '../domain/ports/registry-stores.js';
import type { Call } from './call.js';

export type RegisterRelationshipCommand = PartnerRelationship;

export interface RelationshipView extends PartnerRelationship {
  readonly created: boolean;
}

@Injectable()
export class RegisterRelationship {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run(call: Call, command: RegisterRelationshipCommand): Promise<RelationshipView> {
    throw new Error('not built yet');
  }
}
