import { Injectable } from '@nestjs/common';
import { isDisposableEmailDomain } from 'disposable-email-domains-js';
import { getDomain } from 'tldts';
import { DisposableDomains } from '../../domain/ports/disposable-domains.js';
import { RegistrableDomains } from '../../domain/ports/registrable-domains.js';

/** The public suffix list, as `tldts` ships it; private suffixes count, so that a host's customers are told apart. */
@Injectable()
export class PublicSuffixDomains extends RegistrableDomains {
  override of(name: string): string | null {
    return getDomain(name, { allowPrivateDomains: true });
  }
}

/** The list of throw-away mail domains that `disposable-email-domains-js` ships. */
@Injectable()
export class ListedDisposableDomains extends DisposableDomains {
  override isDisposable(domain: string): boolean {
    if (isDisposableEmailDomain(domain)) return true;
    const registrable = getDomain(domain, { allowPrivateDomains: true });
    return registrable !== null && isDisposableEmailDomain(registrable);
  }
}
