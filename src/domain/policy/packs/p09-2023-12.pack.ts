import type { PolicyPack } from '../policy-pack.js';
import { column2023 } from './offer-columns.js';
import {
  goodStandingWithPaymentHistory,
  paymentGateOf2020,
  presentRulesVersion,
  usualThresholds,
} from './thresholds.js';

export const packP9: PolicyPack = {
  id: 'P9',
  dateOfText: '2023-12-20',
  title: 'MCA-E joins',
  cutOff: null,
  cutOffDecidedBy: 'subscription-creation',
  table: column2023,
  paymentGateUsd: paymentGateOf2020,
  selfService: goodStandingWithPaymentHistory,
  thresholds: usualThresholds,
  remarks: [
    'MCA-E joins Enterprise Agreement.',
    'Azure Firewall is allowed.',
    'Delegated subnets need a temporary subnet added and removed.',
  ],
  source:
    'MicrosoftDocs/SupportArticles-docs, support/azure/virtual-network/troubleshoot-outbound-smtp-connectivity.md, text of 2023-12-20',
  rulesVersion: presentRulesVersion,
};
