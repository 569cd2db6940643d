import { Socket } from 'node:net';

type Written = Parameters<Socket['write']>;

/**
 * A connection that sends in one piece whatever is written before the program waits: BEGIN, the settings and the first
 * statements of a transaction cost one system call, and wake the server once.
 */
export class GatheringSocket extends Socket {
  private gathers = false;

  override write(...written: unknown[]): boolean {
    if (!this.gathers) {
      this.gathers = true;
      this.cork();
      process.nextTick(() => {
        this.gathers = false;
        this.uncork();
      });
    }
    return super.write(...(written as Written));
  }
}
