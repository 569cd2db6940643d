import { type Instant, addMilliseconds, isBefore } from '../domain/instants.js';
import type { RestartPlan } from '../domain/enforcement/restart-plan.js';
import type { RegistrableDomains } from '../domain/ports/registrable-domains.js';
import { type Refusal, invalidFields } from '../domain/refusals.js';

type FieldRefusal = Refusal & { readonly pointer: string };

/** Throws 400 with every field that cannot be taken; nothing where there is none. */
export function mustBeTakeable(...refusals: readonly (readonly FieldRefusal[])[]): void {
  const all = refusals.flat();
  if (all.length > 0) throw invalidFields(all);
}

/**
 * Names that are public suffixes (`co.uk`) and belong to nobody who sends mail. `pointer` is where the list stands in the
 * body.
 */
export function unregistrable(
  domains: readonly string[],
  suffixes: RegistrableDomains,
  pointer: string,
): readonly FieldRefusal[] {
  return domains.flatMap((domain, index) =>
    suffixes.of(domain) !== null
      ? []
      : [
          {
            code: 'not-a-sending-domain',
            message: `"${domain}" is a public suffix: names are registered below it, and it sends no mail itself.`,
            nextStep: 'Name the domain that stands behind the @ of your mail.',
            pointer: `${pointer}/${String(index)}`,
          },
        ],
  );
}

/** What lies ahead although it has to have happened, beyond what clocks may differ by. */
export function inTheFuture(
  what: string,
  at: Instant | null,
  { now, clockMarginMs }: { readonly now: Instant; readonly clockMarginMs: number },
  pointer: string,
): readonly FieldRefusal[] {
  if (at === null || isBefore(at, addMilliseconds(now, clockMarginMs))) return [];
  return [
    {
      code: 'in-the-future',
      message: `${what} lies in the future.`,
      nextStep: 'Give the time at which it happened, with its offset.',
      pointer,
    },
  ];
}

/** A window in which no machine could be stopped and started: over, or too short for one (`shortestMs`). */
export function impossibleWindow(
  window: RestartPlan['window'],
  { now, shortestMs }: { readonly now: Instant; readonly shortestMs: number },
  pointer: string,
): readonly FieldRefusal[] {
  if (window === null) return [];
  const problem = (code: string, message: string, nextStep: string): readonly FieldRefusal[] => [
    { code, message, nextStep, pointer },
  ];
  if (!isBefore(window.startsAt, window.endsAt))
    return problem('window-ends-before-it-starts', 'The window ends before it starts.', 'Swap its two ends.');
  if (!isBefore(now, window.endsAt))
    return problem(
      'window-over',
      'The window is over: no machine would ever be stopped in it.',
      'Give one that ends in the future, or null to begin at once.',
    );
  const begins = isBefore(window.startsAt, now) ? now : window.startsAt;
  if (!isBefore(window.endsAt, addMilliseconds(begins, shortestMs))) return [];
  return problem(
    'window-too-short',
    `The window is too short: stopping (deallocating) and starting one machine takes about ${String(Math.ceil(shortestMs / 60_000))} minutes.`,
    'Give a longer one, or null to begin at once.',
  );
}
