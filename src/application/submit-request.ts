import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../domain/ports/unit-of-work.js';
import { Clock } from '../domain/ports/clock.js';
import { Ids } from '../domain/ports/ids.js';
import { Settings } from '../domain/ports/settings.js';
import type { RequestView } from './views/request-view.js';
import type { RestartPlan } from '../domain/enforcement/restart-plan.js';
import type { RequestParticulars } from '../domain/ports/record-stores.js';
import type { Instant } from '../domain/instants.js';
import type { Call } from './call.js';

export type Sending = RequestParticulars['sending'];

export interface SubmitRequestCommand {
  readonly subscriptionId: string;
  readonly classification: string;
  readonly justification: string;
  readonly relayCannotBeUsed: boolean;
  readonly sending: Sending;
  readonly contact: { readonly name: string; readonly email: string; readonly language: string };
  /** From a partner, and from a partner only. */
  readonly onBehalfOf: {
    readonly customerTenantId: string;
    readonly consent: {
      readonly givenBy: string;
      readonly givenAt: Instant;
      readonly reference: string;
    } | null;
  } | null;
  /** What is left out is as in the default plan. */
  readonly restart: Partial<RestartPlan> | null;
}

@Injectable()
export class SubmitRequest {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly settings: Settings,
  ) {}

  async run(call: Call, command: SubmitRequestCommand): Promise<RequestView> {
    throw new Error('not built yet');
  }
}
