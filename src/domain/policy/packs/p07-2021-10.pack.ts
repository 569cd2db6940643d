import type { PolicyPack } from '../policy-pack.js';
import { column2021 } from './offer-columns.js';
import {
  goodStandingWithPaymentHistory,
  paymentGateOf2020,
  presentRulesVersion,
  usualThresholds,
} from './thresholds.js';

export const packP7: PolicyPack = {
  id: 'P7',
  dateOfText: '2021-10',
  title: 'Virtual machines and scale sets only',
  cutOff: null,
  cutOffDecidedBy: 'subscription-creation',
  table: column2021,
  paymentGateUsd: paymentGateOf2020,
  selfService: goodStandingWithPaymentHistory,
  thresholds: usualThresholds,
  remarks: ['Applies only to virtual machines and scale sets; no platform services.'],
  source:
    'MicrosoftDocs/azure-docs, articles/virtual-network/troubleshoot-outbound-smtp-connectivity.md, text of October 2021',
  rulesVersion: presentRulesVersion,
};
