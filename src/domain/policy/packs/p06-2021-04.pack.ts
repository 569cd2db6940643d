import type { PolicyPack } from '../policy-pack.js';
import { column2021 } from './offer-columns.js';
import {
  goodStandingWithPaymentHistory,
  paymentGateOf2020,
  presentRulesVersion,
  usualThresholds,
} from './thresholds.js';

export const packP6: PolicyPack = {
  id: 'P6',
  dateOfText: '2021-04-28',
  title: 'The cut-off is gone',
  cutOff: null,
  cutOffDecidedBy: 'subscription-creation',
  table: column2021,
  paymentGateUsd: paymentGateOf2020,
  selfService: goodStandingWithPaymentHistory,
  thresholds: usualThresholds,
  remarks: [
    'Every machine of a blocked offer is blocked by default, whenever the subscription was created.',
    '"Good standing and sufficient payment history."',
  ],
  source:
    'MicrosoftDocs/azure-docs, articles/virtual-network/troubleshoot-outbound-smtp-connectivity.md, text of 2021-04-28',
  rulesVersion: presentRulesVersion,
};
