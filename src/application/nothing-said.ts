import type { SendingFacts } from '../domain/fraud/fraud-check.js';

/** Once the particulars were erased nothing is known of what is sent. */
export const nothingSaid: Omit<SendingFacts, 'dailyVolume'> = {
  kinds: [],
  domains: [],
  heloName: null,
  publicAddresses: [],
  dkimSelectors: [],
  abuseContact: null,
};
