import { findingOf } from '../fraud-check.js';
import type { CheckSources, FraudCheck } from '../fraud-check.js';
import { concludeLooks, hostNameOf, look } from '../looks.js';
import type { Look } from '../looks.js';

/** Warns on ten-minute mailboxes. Evidence names the domain only: the address itself is personal and erasable. */
export const disposableContactAddress: FraudCheck = {
  name: 'disposable-contact-address',
  suspicion: 'Nobody will answer when complaints come.',
  reasonCode: 'trust-review-declined',
  needs: ['registry'],
  mayFail: false,
  look: (subject, sources) => {
    const { abuseContact } = subject.sending;
    const looks = [
      lookAt('contact', subject.contactEmail, sources),
      ...(abuseContact === null ? [] : [lookAt('abuse contact', abuseContact, sources)]),
    ];
    const nothing = { what: 'contact', detail: 'none is known' };
    return Promise.resolve(
      findingOf(
        disposableContactAddress,
        subject,
        'list of disposable domains',
        concludeLooks(looks, nothing),
      ),
    );
  },
};

function lookAt(what: string, address: string | null, { disposable, publicSuffix }: CheckSources): Look {
  const domain = hostNameOf(address?.split('@').at(-1) ?? '');
  if (domain === null)
    return look('unclear', what, address === null ? 'none is known' : 'no mail domain in it');
  const registrable = publicSuffix.of(domain) ?? domain;
  const isThrowAway = disposable.isDisposable(domain) || disposable.isDisposable(registrable);
  return isThrowAway
    ? look('bad', what, `${domain} is disposable`)
    : look('good', what, `${domain} is not listed`);
}
