import type { PolicyPack } from '../policy-pack.js';
import { column2020 } from './offer-columns.js';
import {
  cutOffOf2017,
  goodStandingWithPaymentHistory,
  paymentGateOf2020,
  presentRulesVersion,
  usualThresholds,
} from './thresholds.js';

export const packP4: PolicyPack = {
  id: 'P4',
  dateOfText: '2020-12',
  title: 'Self-service for accounts in good standing',
  cutOff: cutOffOf2017,
  cutOffDecidedBy: 'subscription-creation',
  table: column2020,
  paymentGateUsd: paymentGateOf2020,
  selfService: goodStandingWithPaymentHistory,
  thresholds: usualThresholds,
  remarks: [
    'Pay-As-You-Go and CSP are exempted by rule for accounts in good standing with payment history.',
    'Microsoft Partner Network, BizSpark Plus and Sponsorship move to "on request".',
  ],
  source:
    "MicrosoftDocs/azure-docs, articles/virtual-network/troubleshoot-outbound-smtp-connectivity.md, text of December 2020, and the back office's figure of 2020-11-20",
  rulesVersion: presentRulesVersion,
};
