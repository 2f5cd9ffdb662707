// The tests of the depot on real servers: `bun run-on-servers.ts swift|radosgw`, with the output of the test runner.
// scale.test.ts runs it as part of the suite; script/test-depot-servers by hand.
import { resolve } from "node:path";
import { startSwift } from "./object-store.ts";
import { startServers } from "./servers.ts";

/** Files whose tests start their depot by `startTestDepot`, then those that need the servers themselves. */
export const FILES_ON_SERVERS = [
  ...["test/depot/suite.test.ts", "test/depot/matrix.test.ts"],
  ...["src/depot/routes", "src/depot/app.test.ts", "src/depot/upload.test.ts", "src/depot/operate"],
  "src/depot/full-disk.test.ts",
  ...["./src/depot/store/postgres.servers.ts", "./src/depot/blobs/s3-blobs.servers.ts"],
  "./src/depot/crash.servers.ts",
];

/** Runs them; output goes where `output` says. Gives the exit code. */
export async function runOnServers(
  which: string,
  output: "inherit" | "pipe",
): Promise<{ code: number; said: string }> {
  const startStore = which === "radosgw" ? (await import("./radosgw.ts")).startRadosgw : startSwift;
  const servers = await startServers("servers", startStore);
  try {
    const run = Bun.spawn([process.execPath, "test", "--timeout", "60000", ...FILES_ON_SERVERS], {
      cwd: resolve(import.meta.dir, "../../.."),
      stdout: output,
      stderr: output,
      env: { ...process.env, ...servers.env },
    });
    const said = run.stderr === undefined ? "" : await new Response(run.stderr).text();
    return { code: await run.exited, said };
  } finally {
    await servers.stop();
  }
}

if (import.meta.main) {
  const { code } = await runOnServers(process.argv[2] ?? "swift", "inherit");
  process.exit(code);
}
