/** Tells when something new may stand on a request's timeline. */
export abstract class TimelineFeed {
  /** Calls back at most a second after news; returns the way to stop. May call back without news. */
  abstract subscribe(requestId: string, wake: () => void): () => void;
}
