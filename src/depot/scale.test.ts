// Every test of the API once more, with the rows in a real PostgreSQL and the blobs in a real S3 service, and the tests
// of what many processes on them rely on.
import { expect, test } from "bun:test";
import { runOnServers } from "./testing/run-on-servers.ts";
import { canStart } from "./testing/servers.ts";

test.skipIf(!canStart("servers"))(
  "all tests of the depot pass on PostgreSQL and S3",
  async () => {
    const { code, said } = await runOnServers("swift", "pipe");
    const failed = said.split("\n").filter((line) => line.startsWith("(fail)"));
    expect({ failed, code, said: failed.length > 0 || code !== 0 ? said : "" }).toEqual({
      failed: [],
      code: 0,
      said: "",
    });
  },
  1_200_000,
);
