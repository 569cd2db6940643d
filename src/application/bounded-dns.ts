import { mostMillisecondsOfQuestions, mostQuestions } from '../domain/fraud/dns-budget.js';
import { addMilliseconds, type Instant, isBefore } from '../domain/instants.js';
import type { Clock } from '../domain/ports/clock.js';
import { type DnsAnswer, DnsLookup } from '../domain/ports/dns.js';

const notLookedAt = { kind: 'failure', why: 'not-looked-at' } as const;

type Ask<T> = (name: string) => Promise<DnsAnswer<T>>;

/**
 * DNS for one look at many names and addresses, whose checks know nothing of each other: the same question is asked once,
 * a failure is not tried again, and beyond so many questions, or so long, nothing is asked any more (F18, I16).
 */
export class BoundedDns extends DnsLookup {
  private asked = 0;
  private readonly endsAt: Instant;

  constructor(
    private readonly dns: DnsLookup,
    private readonly clock: Clock,
  ) {
    super();
    this.endsAt = addMilliseconds(clock.now(), mostMillisecondsOfQuestions);
  }

  override readonly resolveTxt = this.once((name) => this.dns.resolveTxt(name));
  override readonly resolveMx = this.once((name) => this.dns.resolveMx(name));
  override readonly resolveA = this.once((name) => this.dns.resolveA(name));
  override readonly resolveAAAA = this.once((name) => this.dns.resolveAAAA(name));
  override readonly resolvePtr = this.once((ip) => this.dns.resolvePtr(ip));

  /** Whether nothing new is asked any more. */
  isSpent(): boolean {
    return this.asked >= mostQuestions || !isBefore(this.clock.now(), this.endsAt);
  }

  private once<T>(ask: Ask<T>): Ask<T> {
    const answers = new Map<string, Promise<DnsAnswer<T>>>();
    return (name) => {
      const key = name.toLowerCase();
      const known = answers.get(key);
      if (known !== undefined) return known;
      if (this.isSpent()) return Promise.resolve(notLookedAt);
      this.asked += 1;
      const answer = ask(name);
      answers.set(key, answer);
      return answer;
    };
  }
}
