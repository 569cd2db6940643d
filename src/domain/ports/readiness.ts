/** Whether the API can serve: not while it drains, and not while the store does not answer within a second. */
export abstract class Readiness {
  abstract isReady(): Promise<boolean>;
  /** From now on not ready: whoever balances load sends no more. */
  abstract drain(): void;
}
