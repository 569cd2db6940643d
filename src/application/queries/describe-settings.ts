import { Injectable } from '@nestjs/common';
import type { PolicyThresholds } from '../../domain/policy/policy-pack.js';
import { findPolicyPack } from '../../domain/policy/packs/index.js';
import { Settings } from '../../domain/ports/settings.js';

/** The numbers in force: durations in milliseconds, thresholds as the pack in force has them. No secrets. */
export interface SettingsView extends Omit<Settings, 'defaultPack' | 'platformTenantId'> {
  readonly pack: string;
  readonly thresholds: PolicyThresholds | null;
}

/** Shows the defaults and limits that are in force (docs/policy.md, Thresholds). */
@Injectable()
export class DescribeSettings {
  constructor(private readonly settings: Settings) {}

  run(): SettingsView {
    const pack = findPolicyPack(this.settings.defaultPack);
    return {
      pack: pack?.id ?? this.settings.defaultPack,
      checkRoundTimeoutMs: this.settings.checkRoundTimeoutMs,
      informationPatienceMs: this.settings.informationPatienceMs,
      claimMs: this.settings.claimMs,
      relationshipsFreshForMs: this.settings.relationshipsFreshForMs,
      operationDeadlineMs: this.settings.operationDeadlineMs,
      reviewWithinMs: this.settings.reviewWithinMs,
      orderSeenMs: this.settings.orderSeenMs,
      shortestWindowMs: this.settings.shortestWindowMs,
      goneConfirmMs: this.settings.goneConfirmMs,
      logLateMs: this.settings.logLateMs,
      clockMarginMs: this.settings.clockMarginMs,
      controlProofWaitMs: this.settings.controlProofWaitMs,
      controlProofMs: this.settings.controlProofMs,
      operatorMaxUnavailable: this.settings.operatorMaxUnavailable,
      observeEveryMs: this.settings.observeEveryMs,
      watchEveryMs: this.settings.watchEveryMs,
      watchLooksAMinute: this.settings.watchLooksAMinute,
      activityLogEveryMs: this.settings.activityLogEveryMs,
      remindAfterMs: this.settings.remindAfterMs,
      remindEveryMs: this.settings.remindEveryMs,
      engineersAreMailed: this.settings.engineersAreMailed,
      filingsADayOfSubscription: this.settings.filingsADayOfSubscription,
      filingsADayOfTenant: this.settings.filingsADayOfTenant,
      mailsADayOfAddress: this.settings.mailsADayOfAddress,
      mailsADayOfSubscription: this.settings.mailsADayOfSubscription,
      thresholds: pack?.thresholds ?? null,
    };
  }
}
