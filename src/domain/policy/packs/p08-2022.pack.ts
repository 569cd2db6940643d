import type { PolicyPack } from '../policy-pack.js';
import { column2022 } from './offer-columns.js';
import {
  goodStandingWithPaymentHistory,
  paymentGateOf2020,
  presentRulesVersion,
  usualThresholds,
} from './thresholds.js';

export const packP8: PolicyPack = {
  id: 'P8',
  dateOfText: '2022',
  title: 'Only Enterprise Agreement',
  cutOff: null,
  cutOffDecidedBy: 'subscription-creation',
  table: column2022,
  paymentGateUsd: paymentGateOf2020,
  selfService: goodStandingWithPaymentHistory,
  thresholds: usualThresholds,
  remarks: [
    'Only Enterprise Agreement is open.',
    'Enterprise Dev/Test is exempted by a self-service check.',
    'Everything else is blocked, and requests are not granted; grants made before survived.',
  ],
  source:
    'MicrosoftDocs/azure-docs, articles/virtual-network/troubleshoot-outbound-smtp-connectivity.md, text of 2022',
  rulesVersion: presentRulesVersion,
};
