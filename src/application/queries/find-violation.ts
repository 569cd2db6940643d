import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import { notFound } from '../../domain/refusals.js';
import { viewViolation, type ViolationView } from '../views/violation-view.js';
import type { Call } from '../call.js';

/** One violation for platform staff, or the one 404. */
@Injectable()
export class FindViolation {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run(call: Call, violationId: string): Promise<ViolationView> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const violation = await tx.violations.find(violationId);
      if (violation === null) throw notFound();
      return viewViolation(tx, violation);
    });
  }
}
