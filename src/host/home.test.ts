// A user whom the list of users does not have and whose environment names no home, as in containers that run as a number.
import { expect, test } from "bun:test";
import { resolve } from "node:path";

/** By its own namespace, so that the files here can be read wherever they are. */
const NOBODY = ["unshare", "--user", "--map-user=12345", "--map-group=0"];

test.each([
  [{}, null],
  [{ HOME: "" }, null],
  [{ HOME: "/tmp" }, "/tmp"],
])("with %j the home is %j, and nothing is thrown", (env, home) => {
  const program = `import { homeDirectory, keyCachePath } from ${JSON.stringify(resolve(import.meta.dir, "index.ts"))};
    console.log(JSON.stringify([homeDirectory() ?? null, keyCachePath()]));`;
  const { stdout, stderr } = Bun.spawnSync([...NOBODY, process.execPath, "-e", program], {
    cwd: "/tmp",
    env: { PATH: "/usr/bin:/bin", BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0", ...env },
  });
  const keys = home === null ? "/hab/cache/keys" : `${home}/.hab/cache/keys`;
  expect([stderr.toString(), stdout.toString()]).toEqual(["", `${JSON.stringify([home, keys])}\n`]);
});
