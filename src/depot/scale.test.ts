// Every test of the API once more, with the rows in a real PostgreSQL and the blobs in a real S3 service.
import { expect, test } from "bun:test";
import { isSwiftInstalled, startSwift } from "./testing/object-store.ts";
import { postgresPrograms, startPostgres } from "./testing/postgres.ts";

/** Files whose tests start their depot by `startTestDepot`, then those that need the servers themselves. */
const FILES = [
  ...["test/depot/suite.test.ts", "test/depot/matrix.test.ts"],
  ...["src/depot/routes", "src/depot/app.test.ts", "src/depot/upload.test.ts", "src/depot/operate"],
  ...["./src/depot/store/postgres.servers.ts", "./src/depot/blobs/s3-blobs.servers.ts"],
  "./src/depot/crash.servers.ts",
];

test.skipIf(postgresPrograms() === undefined || !isSwiftInstalled())(
  "all tests of the API pass on PostgreSQL and S3",
  async () => {
    const [postgres, store] = await Promise.all([startPostgres({ fsync: "off" }), startSwift()]);
    try {
      const run = Bun.spawn([process.execPath, "test", "--timeout", "60000", ...FILES], {
        stdout: "pipe",
        stderr: "pipe",
        env: {
          ...process.env,
          ...store.env,
          HAB_TEST_DATABASE: await postgres.database(),
          HAB_TEST_BLOBS: await store.bucket(),
        },
      });
      const said = await new Response(run.stderr).text();
      const failed = said.split("\n").filter((line) => line.startsWith("(fail)"));
      expect({ failed, exitCode: await run.exited, said: failed.length > 0 ? said : "" }).toEqual({
        failed: [],
        exitCode: 0,
        said: "",
      });
    } finally {
      await Promise.all([postgres.stop(), store.stop()]);
    }
  },
  300_000,
);
