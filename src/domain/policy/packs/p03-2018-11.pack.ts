import type { PolicyPack } from '../policy-pack.js';
import { column2018 } from './offer-columns.js';
import { cutOffOf2017, presentRulesVersion, usualThresholds } from './thresholds.js';

export const packP3: PolicyPack = {
  id: 'P3',
  dateOfText: '2018-11-20',
  title: 'Stop and start; the default',
  cutOff: cutOffOf2017,
  cutOffDecidedBy: 'subscription-creation',
  table: column2018,
  paymentGateUsd: null,
  selfService: null,
  thresholds: usualThresholds,
  remarks: [
    "Requests are approved at the platform's discretion, after additional anti-fraud checks.",
    'An exemption applies only to the subscription that asked, and only to traffic that virtual machines route directly to the internet; port 25 through platform services such as Azure Firewall is not supported.',
    'Machines have to be stopped and started after the grant; then all machines of the subscription are exempt, later ones included.',
    'The platform may revoke when the terms of service were violated.',
    'A CSP request attests that a secure SMTP relay cannot be used.',
  ],
  source:
    'MicrosoftDocs/azure-docs, articles/virtual-network/troubleshoot-outbound-smtp-connectivity.md, text of 2018-11-20 as refreshed to September 2019',
  rulesVersion: presentRulesVersion,
};
