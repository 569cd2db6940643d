import type { PolicyPack } from '../policy-pack.js';
import { column2023 } from './offer-columns.js';
import {
  goodStandingWithPaymentHistory,
  paymentGateOf2020,
  presentRulesVersion,
  usualThresholds,
} from './thresholds.js';

export const packP10: PolicyPack = {
  id: 'P10',
  dateOfText: '2025-07-28',
  title: 'The rules of P9',
  cutOff: null,
  cutOffDecidedBy: 'subscription-creation',
  table: column2023,
  paymentGateUsd: paymentGateOf2020,
  selfService: goodStandingWithPaymentHistory,
  thresholds: usualThresholds,
  remarks: ['The rules of P9; the section on contacting support is gone.'],
  source:
    'MicrosoftDocs/SupportArticles-docs, support/azure/virtual-network/troubleshoot-outbound-smtp-connectivity.md, text of 2025-07-28',
  rulesVersion: presentRulesVersion,
};
