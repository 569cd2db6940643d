import { forDenial, forNothing, useARelay } from './reason-text.js';
import type { ReasonText } from './reason-text.js';

/** What policy itself says: who may ask, and what stands in the way before anybody reviews anything. */
export const policyReasonTexts = {
  'offer-open': {
    ...forNothing,
    customerText: 'Outbound port 25 is not blocked for this subscription: it needs no exemption.',
    partnerText: 'Outbound port 25 is not blocked for this customer subscription: it needs no exemption.',
    internalText: 'Policy says open: by offer, or because the subscription was created before the cut-off.',
    nextStep:
      'Nothing to ask for. If connections still time out, look at network security groups and firewalls.',
    afterwards: 'nothing',
    publicCode: 'offer-open',
  },
  'offer-never-eligible': {
    ...forDenial,
    customerText: 'Requests for this kind of subscription are not granted, ever.',
    partnerText: 'Requests for this kind of customer subscription are not granted, ever.',
    internalText: 'The pack says never for this offer; no discretion.',
    nextStep: `${useARelay} Or move the workload to a subscription with another offer.`,
    afterwards: 'nothing',
    publicCode: 'offer-never-eligible',
  },
  'offer-ambiguous': {
    ...forNothing,
    customerText: 'What we know does not say which offer this subscription has: a person will look at it.',
    partnerText:
      'What we know does not say which offer this customer subscription has: a person will look at it.',
    internalText:
      'The offer is ambiguous, or the text is silent on it: never granted or refused by a machine.',
    nextStep: 'You may file a request: a reviewer decides. Your offer id or agreement type helps.',
    afterwards: 'nothing',
    publicCode: 'offer-ambiguous',
  },
  'partner-must-request': {
    ...forDenial,
    customerText:
      'Your partner has to file this request for you: the subscription is sold through a partner (CSP).',
    partnerText: 'The partner who sells this subscription has to file the request.',
    internalText: 'CSP: only the reseller may ask.',
    nextStep: 'Ask the partner who sells you this subscription to file the request on your behalf.',
    afterwards: 'nothing',
    publicCode: 'partner-must-request',
  },
  'customer-must-request': {
    ...forDenial,
    customerText: 'You have to file this request yourself.',
    partnerText: 'Your customer has to file this request: the subscription is not sold through you (CSP).',
    internalText: 'Not CSP: the customer asks for itself.',
    nextStep: 'Somebody of the customer signs in with its own tenant and files the request.',
    afterwards: 'nothing',
    publicCode: 'customer-must-request',
  },
  'not-the-reseller': {
    ...forDenial,
    customerText: 'Only the partner who sells this subscription may file for it.',
    partnerText: 'Another partner sells this subscription: only that partner may file for it.',
    internalText: 'A related partner asked, but the subscription is not sold by it.',
    nextStep: 'Let the partner file that sells this subscription, or correct its partner of record first.',
    afterwards: 'nothing',
    publicCode: 'not-the-reseller',
  },
  'live-request-exists': {
    ...forNothing,
    customerText: 'There is already an undecided request for this subscription.',
    partnerText: 'There is already an undecided request for this customer subscription.',
    internalText: 'One live request a subscription (I2).',
    nextStep: 'Follow the request that is there, or have it withdrawn first.',
    afterwards: 'nothing',
    publicCode: 'live-request-exists',
  },
  'already-exempt': {
    ...forNothing,
    customerText: 'This subscription already has an exemption.',
    partnerText: 'This customer subscription already has an exemption.',
    internalText: 'One live exemption a subscription (I2).',
    nextStep: 'Look at the exemption: machines may still have to be stopped (deallocated) and started.',
    afterwards: 'nothing',
    publicCode: 'already-exempt',
  },
  'former-exemption-live': {
    ...forNothing,
    customerText: 'An exemption that was asked for before this subscription changed hands has not ended yet.',
    partnerText: 'An exemption that the partner before you asked for has not ended yet.',
    internalText:
      'The right of a former tenant or partner is still live: one live exemption a subscription (I2).',
    nextStep:
      'Wait until it has ended: the platform closes the gate and every machine first. Support can tell you when, and order it.',
    afterwards: 'nothing',
    publicCode: 'former-exemption-live',
  },
  'cooling-down': {
    ...forNothing,
    customerText: 'After an earlier decision a new request has to wait.',
    partnerText: 'After an earlier decision a new request for this customer subscription has to wait.',
    internalText: 'Cooling down after a denial or a revocation.',
    nextStep: useARelay,
    afterwards: 'wait',
    publicCode: 'cooling-down',
  },
} as const satisfies Record<string, ReasonText>;
