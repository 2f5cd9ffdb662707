// The tests of the depot on real servers: `bun run-on-servers.ts swift|radosgw`, with the output of the test runner.
// scale.test.ts runs it as part of the suite; script/test-depot-servers by hand.
import { resolve } from "node:path";
import { startSwift } from "./object-store.ts";
import { startServers } from "./servers.ts";

/** Files whose tests start their depot by `startTestDepot`. */
const FILES_OF_API = [
  "test/depot/suite.test.ts",
  "src/depot/app.test.ts",
  "src/depot/answer-cache.test.ts",
  "src/depot/routes/promotion-requests.test.ts",
  "src/depot/routes/packages.test.ts",
  "src/depot/routes/channels.test.ts",
  "src/depot/upload.test.ts",
  "src/depot/events/stream.test.ts",
  "src/depot/webhooks/courier.test.ts",
  "src/depot/operate/operate.test.ts",
];

/** Those that need the servers themselves. They mostly wait, so they run beside the others. */
const FILES_OF_SERVERS = [
  "./src/depot/several-processes.servers.ts",
  "./src/depot/store/postgres.servers.ts",
  "./src/depot/blobs/s3-blobs.servers.ts",
  "./src/depot/crash.servers.ts",
];

/** What takes longer, for a run by hand. */
const MORE_FILES = [
  ...[
    "src/depot/routes",
    "test/depot/matrix.test.ts",
    "src/depot/operate/transport.test.ts",
    "src/depot/full-disk.test.ts",
  ],
];
const MORE_CRASHES = { HAB_TEST_CRASH_UPLOADS: process.env["HAB_TEST_CRASH_UPLOADS"] ?? "200" };

/** Runs them; output goes where `output` says, and where nobody watches less is run. Gives the exit code. */
export async function runOnServers(
  which: string,
  output: "inherit" | "pipe",
): Promise<{ code: number; said: string }> {
  const startStore = which === "radosgw" ? (await import("./radosgw.ts")).startRadosgw : startSwift;
  const servers = await startServers("servers", startStore);
  try {
    const isByHand = output === "inherit";
    const runs = isByHand
      ? [[...FILES_OF_API, ...FILES_OF_SERVERS, ...MORE_FILES]]
      : [FILES_OF_API, FILES_OF_SERVERS];
    const ended = await Promise.all(
      runs.map(async (files) => {
        const run = Bun.spawn([process.execPath, "test", "--timeout", "60000", ...files], {
          cwd: resolve(import.meta.dir, "../../.."),
          stdout: output,
          stderr: output,
          env: { ...process.env, ...servers.env, ...(isByHand && MORE_CRASHES) },
        });
        const said = run.stderr === undefined ? "" : await new Response(run.stderr).text();
        return { code: await run.exited, said };
      }),
    );
    return {
      code: ended.find(({ code }) => code !== 0)?.code ?? 0,
      said: ended.map(({ said }) => said).join("\n"),
    };
  } finally {
    await servers.stop();
  }
}

if (import.meta.main) {
  const { code } = await runOnServers(process.argv[2] ?? "swift", "inherit");
  process.exit(code);
}
