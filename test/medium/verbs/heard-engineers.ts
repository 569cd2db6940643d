import { type EngineerCall, Engineers } from '../../../src/domain/ports/engineers.js';

/** Engineers who hear everything, and keep what was given up apart. */
export class HeardEngineers extends Engineers {
  readonly called: EngineerCall[] = [];
  readonly givenUp: EngineerCall[] = [];
  override call(call: EngineerCall): Promise<void> {
    this.called.push(call);
    return Promise.resolve();
  }
  override giveUp(call: EngineerCall): void {
    this.givenUp.push(call);
  }
}
