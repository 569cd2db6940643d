import { Overload } from '../problems/overload.js';

const windowMs = 60_000;
/** What one process remembers: some 2 MB. */
const mostAddresses = 10_000;
const mostTokens = 10_000;
/** Tokens that claim the platform's tenant and are verified over the limit: some milliseconds of each second. */
const staffASecond = 50;
/** The end of a token's signature: nobody guesses it, and who knows it is still asked for the whole. */
const tellingLength = 40;

/**
 * Bounds what strangers can cost: an address with too many refused sign-ins within a minute is not heard any more, and no
 * token of its is looked at, until the minute is over. A token that was accepted before passes all the same: behind one
 * proxy everybody has one address, and a stranger must not lock the others out. So do so many a second that claim to be of
 * the platform's own tenant, whatever their address: they are verified as ever, and whoever has to revoke is heard with a
 * fresh token while strangers flood the same address. Counted by each process for itself.
 */
export class RefusedSignIns {
  private refused = new Map<string, number>();
  private window = 0;
  private readonly accepted = new Set<string>();
  private second = 0;
  private heardThisSecond = 0;

  constructor(
    /** Refused sign-ins a minute and address; 0 = no limit. */
    private readonly most: number,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Throws 429 where the address has used up its refusals and the token was not accepted before, unless it claims to be of
   * the platform's tenant and few others did so in this second.
   */
  mustBeHeard(
    address: string,
    authorization: string | undefined,
    claimsPlatform: () => boolean = () => false,
  ): void {
    if (this.most === 0) return;
    this.turnPage();
    if ((this.refused.get(nearby(address)) ?? 0) < this.most) return;
    if (authorization !== undefined && this.accepted.has(authorization.slice(-tellingLength))) return;
    if (claimsPlatform() && this.isRoomForStaff()) return;
    const seconds = Math.ceil((windowMs - (this.now() % windowMs)) / 1_000);
    const detail = `Too many calls from your address came without a token that holds. Wait ${String(seconds)} seconds, and call with a token for this service.`;
    throw new Overload(429, 'too-many-refused-sign-ins', detail, seconds);
  }

  wasAccepted(authorization: string | undefined): void {
    if (this.most === 0 || authorization === undefined) return;
    const telling = authorization.slice(-tellingLength);
    if (this.accepted.has(telling)) return;
    if (this.accepted.size >= mostTokens) this.accepted.clear();
    // A copy: a slice would keep the whole token alive.
    this.accepted.add(Buffer.from(telling, 'latin1').toString('latin1'));
  }

  wasRefused(address: string, authorization: string | undefined): void {
    if (this.most === 0) return;
    this.turnPage();
    if (authorization !== undefined) this.accepted.delete(authorization.slice(-tellingLength));
    const near = nearby(address);
    const count = this.refused.get(near) ?? 0;
    const [oldest] = this.refused.keys();
    if (count === 0 && this.refused.size >= mostAddresses && oldest !== undefined)
      this.refused.delete(oldest);
    this.refused.set(near, count + 1);
  }

  /** A second is short enough that a flood of forgeries delays staff, and locks nobody out. */
  private isRoomForStaff(): boolean {
    const second = Math.floor(this.now() / 1_000);
    if (second !== this.second) [this.second, this.heardThisSecond] = [second, 0];
    if (this.heardThisSecond >= staffASecond) return false;
    this.heardThisSecond += 1;
    return true;
  }

  private turnPage(): void {
    const window = Math.floor(this.now() / windowMs);
    if (window === this.window) return;
    this.window = window;
    this.refused = new Map();
  }
}

/** A whole network of IPv6 (the first 64 bits) is one address: its owner has them all. */
function nearby(address: string): string {
  return address.includes(':') ? address.split(':').slice(0, 4).join(':') : address;
}
