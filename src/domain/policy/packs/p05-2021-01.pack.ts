import type { PolicyPack } from '../policy-pack.js';
import { column2020 } from './offer-columns.js';
import {
  cutOffOf2017,
  goodStandingWithPaymentHistory,
  paymentGateOf2020,
  presentRulesVersion,
  usualThresholds,
} from './thresholds.js';

export const packP5: PolicyPack = {
  id: 'P5',
  dateOfText: '2021-01',
  title: 'Deallocate, said explicitly',
  cutOff: cutOffOf2017,
  cutOffDecidedBy: 'subscription-creation',
  table: column2020,
  paymentGateUsd: paymentGateOf2020,
  selfService: goodStandingWithPaymentHistory,
  thresholds: usualThresholds,
  remarks: [
    'Stop, deallocate and start is explicit.',
    'Changing the offer type may bring the block back; machines need the cycle after an offer change too.',
  ],
  source:
    'MicrosoftDocs/azure-docs, articles/virtual-network/troubleshoot-outbound-smtp-connectivity.md, text of January 2021',
  rulesVersion: presentRulesVersion,
};
