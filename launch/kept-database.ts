import { startPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.js';

/** An embedded server that is started again when it dies. */
export interface KeptDatabase {
  /** The owner's way in, the same after every restart: holds a password, never to be printed. */
  readonly ownerUrl: string;
  stop(): Promise<void>;
}

/** So many ends within a minute are a fault that another start does not mend. */
const mostEndsAMinute = 5;

/** Starts the embedded PostgreSQL and keeps it on its port and data; `onLost` when it cannot be kept. */
export async function keepDatabase(
  options: EmbeddedPostgresOptions,
  onLost: (error: Error) => void,
): Promise<KeptDatabase> {
  let server = await startPostgres(options);
  let isStopping = false;
  let restarting: Promise<void> = Promise.resolve();
  let ends: readonly number[] = [];
  const startAgain = async (why: string) => {
    const now = performance.now();
    ends = [...ends.filter((at) => now - at < 60_000), now];
    if (ends.length > mostEndsAMinute)
      throw new Error(`it ended ${String(ends.length)} times within a minute`);
    process.stderr.write(`postern: PostgreSQL ended (${why}); starting it again\n`);
    server = await startPostgres({ ...options, port: server.port });
    watch();
  };
  const watch = () => {
    void server.ended.then((why) => {
      if (isStopping) return;
      restarting = startAgain(why).catch((error: unknown) => {
        const cause = error instanceof Error ? error.message : String(error);
        onLost(new Error(`PostgreSQL ended (${why}) and was not started again: ${cause}`));
      });
    });
  };
  watch();
  return {
    ownerUrl: server.ownerUrl,
    stop: async () => {
      isStopping = true;
      await restarting;
      await server.stop();
    },
  };
}
