// `hab plan rebuild` with studios: each build in one of its own, side by side, with what the run itself has built. Works on
// dist/hab.
import { afterAll, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { startDepot } from "../../src/depot/index.ts";
import { EVERYBODY, openMachine, removeSharedRoot } from "./studio.ts";

afterAll(removeSharedRoot);

const plan = (name: string, dependency: string) =>
  `pkg_name=${name}\npkg_origin=acme\npkg_version=1.0\npkg_deps=(${dependency})\ndo_build() { return 0; }\n` +
  `do_install() { echo ${name} >"$pkg_prefix/name"; }\n`;

test.each(EVERYBODY)(
  "plans of %s are built in studios side by side",
  async (who) => {
    const machine = openMachine(who);
    const depot = await startDepot({
      dataDirectory: join(machine.source, "../depot"),
      listen: { host: "127.0.0.1", port: 0 },
    });
    try {
      await machine.hab(["origin", "key", "generate", "acme"]);
      machine.write("plans/lib/plan.sh", plan("lib", ""));
      machine.write("plans/other/plan.sh", plan("other", ""));
      machine.write("plans/app/plan.sh", plan("app", "acme/lib"));
      const variables = { HAB_BLDR_URL: depot.url };
      const { code, stderr } = await machine.hab(["plan", "rebuild", "plans", "-j", "2"], variables);
      expect([code, stderr]).toEqual([0, ""]);
      const results = join(machine.source, "results");
      const harts = readdirSync(results).filter((name) => name.endsWith(".hart"));
      expect(harts.map((name) => name.split("-")[1]).sort()).toEqual(["app", "lib", "other"]);
      expect(existsSync(join(results, "rebuild/logs/acme-app.log"))).toBe(true);
      const { stdout } = await machine.hab(["plan", "rebuild", "plans"], variables);
      expect(stdout).toContain("3 packages are up to date");
    } finally {
      await depot.stop();
      machine.remove();
    }
  },
  60_000,
);
