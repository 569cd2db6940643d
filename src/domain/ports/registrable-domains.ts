/** Knows the public suffix list. Local data: it asks no network. */
export abstract class RegistrableDomains {
  /** The registrable domain of a name (`mail.example.co.uk` -> `example.co.uk`), or null when it has none. */
  abstract of(name: string): string | null;
}
