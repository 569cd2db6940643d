import type { Caller } from '../../domain/access/actor.js';
import {
  type Audience,
  type ReasonSetting,
  isReasonCode,
  presentReason,
  publicCodeOf,
} from '../../domain/reason-codes.js';

/** A reason as its reader may see it. */
export interface ReasonView {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
}

/** For whom a caller's words are made: platform staff read the internal ones. */
export function audienceOf(caller: Caller): Audience {
  return caller.tenantKind === 'platform' ? 'internal' : caller.tenantKind;
}

/** None for no code. A code of an older catalogue is shown by name to staff: history outlives catalogues. */
export function reasonsFor(
  code: string | null,
  audience: Audience,
  setting: ReasonSetting,
): readonly ReasonView[] {
  if (code === null) return [];
  const known = audience === 'internal' ? code : publicCodeOf(code);
  if (!isReasonCode(known)) return [{ code, message: code, nextStep: '' }];
  const { code: shown, message, nextStep } = presentReason(known, audience, setting);
  return [{ code: shown, message, nextStep }];
}
