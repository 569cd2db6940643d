import { type Listed, cutToPage } from '../views/listed.js';
import { type EffectView, presentEffect } from '../views/effect-view.js';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../domain/ports/unit-of-work.js';
import type { Page } from '../../domain/ports/aggregate-stores.js';
import type { EffectState } from '../../domain/ports/effect-store.js';
import type { Call } from '../call.js';

/** Queued work by state, for operators. */
@Injectable()
export class ListEffects {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async run(call: Call, state: EffectState | null, page: Page): Promise<Listed<EffectView>> {
    return this.unitOfWork.read({ actor: call.actor }, async (tx) => {
      const rows = await tx.effects.list({ state, after: page.after?.id ?? null, limit: page.limit + 1 });
      const { rows: kept, next } = cutToPage(rows, page, ({ id, createdAt }) => ({ sort: createdAt, id }));
      return { items: kept.map(presentEffect), next };
    });
  }
}
