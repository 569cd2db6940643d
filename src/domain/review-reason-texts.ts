import { forAll, forDenial, forNothing, forRevocation, useARelay } from './reason-text.js';
import type { ReasonText } from './reason-text.js';

/**
 * What a review, a revocation or a suspension says. The neutral public code of a fraud suspicion is
 * `trust-review-declined`; address-reputation stays itself, since anybody can look an address up on public lists.
 */
export const reviewReasonTexts = {
  'payment-history-too-low': {
    ...forDenial,
    checks: ['thin-payment-history'],
    customerText: 'This account has not yet enough paid invoices.',
    partnerText: 'This customer account has not yet enough paid invoices.',
    internalText: 'Paid invoices below what the pack asks for, or none at all.',
    nextStep: `Pay an invoice of this account. Until it is registered as paid: ${useARelay}`,
    afterwards: 'file-when-mended',
    publicCode: 'payment-history-too-low',
  },
  'account-too-new': {
    ...forDenial,
    ground: 'finding',
    checks: ['young-subscription'],
    customerText: 'This subscription is too new for an exemption.',
    partnerText: 'This customer subscription is too new for an exemption.',
    internalText: 'The subscription is younger than the pack finds unremarkable.',
    nextStep: `Wait until it is older. Until then: ${useARelay}`,
    afterwards: 'file-when-mended',
    publicCode: 'account-too-new',
  },
  'subscription-not-enabled': {
    ...forDenial,
    checks: ['subscription-not-in-good-standing'],
    customerText: 'This subscription is not enabled.',
    partnerText: 'This customer subscription is not enabled.',
    internalText: 'Registered as Disabled or Deleted, or the cloud says so.',
    nextStep: 'Enable the subscription.',
    afterwards: 'file-when-mended',
    publicCode: 'subscription-not-enabled',
  },
  'past-due': {
    ...forDenial,
    checks: ['subscription-not-in-good-standing'],
    customerText: 'An invoice of this account is overdue.',
    partnerText: 'An invoice of this customer account is overdue.',
    internalText: 'Billing or the subscription state says past due.',
    nextStep: 'Pay what is due.',
    afterwards: 'file-when-mended',
    publicCode: 'past-due',
  },
  'justification-missing': {
    ...forNothing,
    customerText: 'The request does not say why the mail has to go directly instead of through a relay.',
    partnerText: 'The request does not say why the mail has to go directly instead of through a relay.',
    internalText: 'The justification is absent or too short to say why: the body is refused.',
    nextStep: 'Say in 40 characters or more why this deployment has to deliver directly to mail providers.',
    afterwards: 'file-when-mended',
    publicCode: 'justification-missing',
  },
  'justification-insufficient': {
    ...forDenial,
    ground: 'judgement',
    customerText:
      'The justification does not show why the mail has to go directly instead of through a relay.',
    partnerText:
      'The justification does not show why the mail has to go directly instead of through a relay.',
    internalText: 'There is a justification, and it is beside the point or says too little.',
    nextStep:
      'Say which mail this deployment sends, to whom, and what an authenticated relay cannot do for it.',
    afterwards: 'file-when-mended',
    publicCode: 'justification-insufficient',
  },
  'relay-sufficient': {
    ...forDenial,
    ground: 'finding',
    checks: ['relay-not-ruled-out'],
    customerText: 'An authenticated relay does what you describe: no exemption is needed for it.',
    partnerText: 'A secure SMTP relay can be used for this customer: no exemption is needed for it.',
    internalText: 'A relay was not ruled out.',
    nextStep: useARelay,
    afterwards: 'wait',
    publicCode: 'relay-sufficient',
  },
  // No check looks at the control of domains, so that nobody can know it: the code is taken by nobody.
  'domain-not-verified': {
    ...forNothing,
    customerText: 'We could not see that the sending domains are yours.',
    partnerText: 'We could not see that the sending domains belong to your customer.',
    internalText: 'Control of a sending domain is not shown.',
    nextStep: 'Show that you control the sending domains.',
    afterwards: 'file-when-mended',
    publicCode: 'domain-not-verified',
  },
  'mail-authentication-incomplete': {
    ...forDenial,
    ground: 'finding',
    checks: ['sender-domain-unready', 'missing-reverse-dns'],
    customerText: 'Your sending domains or addresses are not ready: SPF, DMARC or reverse DNS is missing.',
    partnerText: 'The sending domains or addresses are not ready: SPF, DMARC or reverse DNS is missing.',
    internalText: 'SPF, DMARC or forward-confirmed reverse DNS is missing or broken.',
    nextStep: 'Publish SPF and DMARC for every sending domain, and reverse DNS for every address.',
    afterwards: 'file-when-mended',
    publicCode: 'mail-authentication-incomplete',
  },
  'address-reputation': {
    ...forAll,
    ground: 'finding',
    checks: ['ip-on-blocklist'],
    customerText: 'The reputation of your sending addresses does not allow an exemption.',
    partnerText: 'The reputation of the sending addresses does not allow an exemption.',
    internalText: 'A blocklist names a sending address.',
    nextStep: 'Have your addresses removed from public blocklists, or use others.',
    afterwards: 'file-when-mended',
    publicCode: 'address-reputation',
  },
  'volume-implausible': {
    ...forAll,
    customerText: 'The mail described does not fit this subscription.',
    partnerText: 'The mail described does not fit this customer subscription.',
    internalText: 'The volume does not fit the deployment, the kind of mail, or the history.',
    nextStep: useARelay,
    afterwards: 'wait',
    publicCode: 'trust-review-declined',
  },
  'trust-review-declined': {
    ...forAll,
    checks: ['request-burst', 'prior-revocation', 'disposable-contact-address', 'control-not-proven'],
    customerText: 'After our review we do not grant this request.',
    partnerText: 'After our review we do not grant this request for your customer.',
    internalText: 'Declined on trust: see the findings.',
    nextStep: useARelay,
    afterwards: 'wait',
    publicCode: 'trust-review-declined',
  },
  'terms-violated': {
    ...forAll,
    // Of a denial. To suspend or revoke with it is the judgement of whoever looked at what happened.
    ground: 'finding',
    checks: ['prior-revocation'],
    customerText: 'The terms of service for sending mail were violated.',
    partnerText: 'The terms of service for sending mail were violated by this customer subscription.',
    internalText: 'A violation of the terms was confirmed.',
    nextStep: useARelay,
    afterwards: 'wait',
    publicCode: 'terms-violated',
  },
  'subscription-moved': {
    ...forRevocation,
    customerText:
      'The subscription belongs to another tenant now. A request or an exemption is the tenant’s that it was made for, and does not move along.',
    partnerText:
      'The subscription belongs to another tenant now. A request or an exemption is the tenant’s that it was made for, and does not move along.',
    internalText: 'The subscription was transferred: the former tenant’s right can only be ended.',
    nextStep:
      'Nothing of yours is left to do here. Whoever owns the subscription now may file their own request.',
    afterwards: 'nothing',
    publicCode: 'subscription-moved',
  },
  'reseller-changed': {
    ...forRevocation,
    customerText:
      'Another partner sells this subscription now; what the partner before asked for does not stand any more.',
    partnerText:
      'Another partner sells this customer subscription now; what was asked for before does not stand any more.',
    internalText: 'The reseller changed: the right that the former one asked for can only be ended.',
    nextStep:
      'The partner who sells the subscription now files its own request, once the exemption of before has ended.',
    afterwards: 'nothing',
    publicCode: 'reseller-changed',
  },
  'offer-changed': {
    ...forRevocation,
    customerText: 'The offer of this subscription changed, and the exemption does not cover the new one.',
    partnerText:
      'The offer of this customer subscription changed, and the exemption does not cover the new one.',
    internalText: 'After a change of facts policy says never, or somebody else would have to ask.',
    nextStep: `Ask POST /v1/eligibility what the new offer allows. ${useARelay}`,
    afterwards: 'wait',
    publicCode: 'offer-changed',
  },
  'policy-changed': {
    ...forRevocation,
    customerText: 'The policy for outbound port 25 changed and no longer allows this exemption.',
    partnerText: 'The policy for outbound port 25 changed and no longer allows this exemption.',
    internalText: 'An operator decided that grants of an earlier pack do not outlive it.',
    nextStep: `Ask POST /v1/eligibility what the policy in force allows. ${useARelay}`,
    afterwards: 'wait',
    publicCode: 'policy-changed',
  },
} as const satisfies Record<string, ReasonText>;
