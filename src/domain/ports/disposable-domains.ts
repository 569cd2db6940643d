/** Knows mail domains that anybody may use for ten minutes. Local data: it asks no network. */
export abstract class DisposableDomains {
  /** Takes a domain name in lower case; true when it, or its registrable domain, is on the list. */
  abstract isDisposable(domain: string): boolean;
}
