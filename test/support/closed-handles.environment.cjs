// A test file that leaves a server, a socket, a UDP port or a child process behind fails.
const { TestEnvironment } = require('jest-environment-node');

const watched = ['TCPServerWrap', 'TCPSocketWrap', 'UDPWrap', 'ProcessWrap'];
/** Sockets that were told to close need a few turns of the event loop; nothing needs longer than this. */
const graceMs = 3_000;

/** What keeps the event loop alive, by kind; idle keep-alive sockets are not counted by Node. */
function openHandles() {
  const counts = new Map(watched.map((kind) => [kind, 0]));
  for (const kind of process.getActiveResourcesInfo()) {
    if (counts.has(kind)) counts.set(kind, counts.get(kind) + 1);
  }
  return counts;
}

module.exports = class ClosedHandlesEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.before = openHandles();
  }

  /** A test that failed may not have come to its end: what it left behind is not the news. */
  handleTestEvent({ name }) {
    if (name === 'test_fn_failure' || name === 'hook_failure') this.hasFailed = true;
  }

  async teardown() {
    const before = this.before ?? new Map();
    const left = () => [...openHandles()].filter(([kind, count]) => count > (before.get(kind) ?? 0));
    const deadline = performance.now() + graceMs;
    // At least one turn: what a test began and did not wait for shows itself only then.
    do await new Promise((resolve) => setTimeout(resolve, 10));
    while (left().length > 0 && performance.now() < deadline);
    const leaked = left().map(([kind, count]) => `${count - (before.get(kind) ?? 0)} ${kind}`);
    await super.teardown();
    if (leaked.length > 0 && !this.hasFailed)
      throw new Error(`The file left open handles behind: ${leaked.join(', ')}`);
  }
};
