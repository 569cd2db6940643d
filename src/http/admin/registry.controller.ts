import { Controller } from '@nestjs/common';
import { RegisterRelationship } from '../../application/register-relationship.js';
import { RegisterSubscription } from '../../application/register-subscription.js';
import { RegisterTenant } from '../../application/register-tenant.js';
import { In, type InputOf } from '../incoming.js';
import { rendered } from '../rendered.js';
import { On } from '../route.js';
import * as routes from './review.routes.js';

const statusOf = (created: boolean) => (created ? 201 : 200);

@Controller()
export class RegistryController {
  constructor(
    private readonly subscription: RegisterSubscription,
    private readonly tenant: RegisterTenant,
    private readonly relationship: RegisterRelationship,
  ) {}

  @On(routes.registerSubscription)
  async registerSubscription(@In() { call, params, body }: InputOf<typeof routes.registerSubscription>) {
    const { spendingLimit = null, partnerTenantId = null, offer, ...facts } = body;
    const command = {
      subscriptionId: params.subscriptionId,
      ...facts,
      offer: {
        quotaId: offer.quotaId,
        offerId: offer.offerId ?? null,
        agreementType: offer.agreementType ?? null,
        accountType: offer.accountType ?? null,
      },
      spendingLimit,
      partnerTenantId,
    };
    const { created, subscription } = await this.subscription.run(call, command);
    return rendered(statusOf(created), { ...subscription });
  }

  @On(routes.registerTenant)
  async registerTenant(@In() { call, params, body }: InputOf<typeof routes.registerTenant>) {
    const { created, ...tenant } = await this.tenant.run(call, { tenantId: params.tenantId, ...body });
    return rendered(statusOf(created), { ...tenant });
  }

  @On(routes.registerRelationship)
  async registerRelationship(@In() { call, params, body }: InputOf<typeof routes.registerRelationship>) {
    const command = { ...params, ...body, validTo: body.validTo ?? null, kind: body.kind ?? 'reseller' };
    const { created, ...relationship } = await this.relationship.run(call, command);
    return rendered(statusOf(created), { ...relationship });
  }
}
