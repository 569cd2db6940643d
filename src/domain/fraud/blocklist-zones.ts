/**
 * The lists asked where `BLOCKLIST_ZONES` names none. Both are free for small volumes only and answer
 * `127.255.255.x` above them (or through an open resolver), which is "could not look" and never a listing.
 */
export const defaultBlocklistZones: readonly string[] = ['zen.spamhaus.org', 'bl.spamcop.net'];
