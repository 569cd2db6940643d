import { findingOf } from '../fraud-check.js';
import type { Conclusion, FraudCheck } from '../fraud-check.js';

/** Warns when the requester says that a relay could be used. For CSP the same word is a refusal at submit. */
export const relayNotRuledOut: FraudCheck = {
  name: 'relay-not-ruled-out',
  suspicion: 'An authenticated relay would do, so that nothing has to be opened.',
  reasonCode: 'relay-sufficient',
  needs: ['registry'],
  mayFail: false,
  look: (subject) =>
    Promise.resolve(
      findingOf(relayNotRuledOut, subject, "the requester's word", conclude(subject.relayCannotBeUsed)),
    ),
};

function conclude(relayCannotBeUsed: boolean | null): Conclusion {
  const what = 'relay';
  if (relayCannotBeUsed === null) return { outcome: 'unknown', evidence: [{ what, detail: 'nobody said' }] };
  return relayCannotBeUsed
    ? { outcome: 'pass', value: 'ruled out', evidence: [{ what, detail: 'said to be impossible' }] }
    : { outcome: 'warn', value: 'possible', evidence: [{ what, detail: 'said to be possible' }] };
}
