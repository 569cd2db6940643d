import { stateOfProof } from '../../subscription/control-proof.js';
import { findingOf } from '../fraud-check.js';
import type { CheckSubject, Conclusion, FraudCheck } from '../fraud-check.js';

/**
 * Whether the side that files has shown that it controls the subscription. A customer is known by its own tenant, which
 * is the subscription's; of a partner that has shown nothing nobody knows, and that is neither good news nor bad (I17).
 */
export const controlNotProven: FraudCheck = {
  name: 'control-not-proven',
  suspicion: 'Whoever files does not control the subscription.',
  reasonCode: 'trust-review-declined',
  needs: ['registry', 'control-proof'],
  mayFail: false,
  look: (subject) =>
    Promise.resolve(findingOf(controlNotProven, subject, 'proofs of control', conclude(subject))),
};

function conclude(subject: CheckSubject): Conclusion {
  const { controlProof: proof, filedBy, subscription, asOf } = subject;
  const what = 'proof of control';
  const isOwn = filedBy.tenantId === subscription.tenantId;
  const holds = proof !== null && proof.tenantId === subscription.tenantId;
  if (holds && stateOfProof(proof, asOf) === 'proven') {
    const detail = `the tag was seen ${proof.provenAt ?? ''}; good until ${proof.expiresAt}`;
    return { outcome: 'pass', value: 'proven', evidence: [{ what, detail }] };
  }
  const said = proof === null ? 'none was asked for' : `the last one is ${stateOfProof(proof, asOf)}`;
  if (isOwn) {
    const detail = `${said}; filed from the subscription's own tenant`;
    return { outcome: 'pass', value: 'own-tenant', evidence: [{ what, detail }] };
  }
  const why = proof?.problem === null || proof === null ? said : `${said}: ${proof.problem.message}`;
  return { outcome: 'unknown', value: 'not-proven', evidence: [{ what, detail: why }] };
}
