// For tests: both kinds of depot by name. `directory` needs nothing; `servers` starts a real PostgreSQL and a real S3
// service. Gives what a depot needs to be started on them, by `startTestDepot` or as a process.
import { isSwiftInstalled, startSwift } from "./object-store.ts";
import { postgresPrograms, startPostgres } from "./postgres.ts";

export type DepotKind = "directory" | "servers";

export interface TestServers {
  /** Variables for a process that runs a depot, and for tests that start theirs by `startTestDepot`. */
  readonly env: Readonly<Record<string, string>>;
  /** Words for `hab depot run`. */
  readonly words: readonly string[];
  stop(): Promise<void>;
}

/** Whether what the kind needs is installed. */
export function canStart(kind: DepotKind): boolean {
  return kind === "directory" || (postgresPrograms() !== undefined && isSwiftInstalled());
}

export async function startServers(kind: DepotKind, startObjectStore = startSwift): Promise<TestServers> {
  if (kind === "directory") return { env: {}, words: [], stop: async () => undefined };
  // Nothing here has to survive the machine, only the processes.
  const [postgres, store] = await Promise.all([startPostgres({ fsync: "off" }), startObjectStore()]);
  const [database, blobs] = [await postgres.database(), await store.bucket()];
  return {
    env: {
      ...store.env,
      HAB_TEST_DATABASE: database,
      HAB_TEST_DATABASE_CERTIFICATE: postgres.certificate,
      HAB_TEST_BLOBS: blobs,
    },
    words: ["--database", database, "--blobs", blobs],
    async stop() {
      await Promise.all([postgres.stop(), store.stop()]);
    },
  };
}
