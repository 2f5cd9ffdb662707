// What a change of configuration does to a running service, against what the original did: config-change.json and
// user-toml-live.json (reference/services.md §7, §11, §23).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { TestSupervisor } from "../../supervisor/harness.ts";
import changes from "./config-change.json";
import live from "./user-toml-live.json";

const KEYS = {
  init: "init",
  run: "run",
  post_run: "post-run",
  health_check: "health-check",
  file_updated: "file-updated",
  suitability: "suitability",
  post_stop: "post-stop",
  reconfigure: "reconfigure",
} as const;
const RUN = "exec sleep 100000";

function hooks(withReconfigure: boolean): Record<string, string> {
  const names = Object.entries(KEYS).filter(([key]) => withReconfigure || key !== "reconfigure");
  return Object.fromEntries(
    names.map(([key, hook]) => {
      const note = hook === "health-check" ? "" : `echo ${hook} >> {{pkg.svc_var_path}}/order\n`;
      return [hook, `#!/bin/sh\n# {{cfg.${key}}}\n${note}${hook === "run" ? RUN : "exit 0"}\n`];
    }),
  );
}

const TOML = [...Object.keys(KEYS), "config", "nowhere"].map((key) => `${key} = "a"\n`).join("");

let supervisor: TestSupervisor;
let version = 0;

beforeAll(async () => {
  supervisor = await TestSupervisor.create();
  for (const [name, withReconfigure] of [
    ["chg", true],
    ["chgno", false],
    ["ulive", true],
    ["uliveno", false],
  ] as const) {
    const files = { "config/app.conf": "config={{cfg.config}}\n" };
    supervisor.addPackage(name, { toml: TOML, hooks: hooks(withReconfigure), files });
  }
  await supervisor.start();
  for (const name of ["chg", "chgno", "ulive", "uliveno"]) {
    await supervisor.load(name);
    await supervisor.until(() => order(name).length === 3, "post-run");
  }
});

afterAll(async () => {
  await supervisor.stop();
});

function order(name: string): string[] {
  return supervisor.order(name);
}

/** Content of everything a rendering may change. */
function files(name: string): Record<string, string> {
  const paths = [...Object.values(KEYS).map((hook) => `hooks/${hook}`), "run", "config/app.conf", "PID"];
  return Object.fromEntries(
    paths.flatMap((path) => {
      try {
        return [[path, supervisor.read(`hab/svc/${name}/${path}`)]];
      } catch {
        return [];
      }
    }),
  );
}

/** Makes the change, waits until its hooks have run and the service shows it, and says what happened. */
async function observe(
  name: string,
  change: () => Promise<void>,
  expected: { readonly hooks_run: readonly string[] },
  shows: () => Promise<boolean>,
) {
  const before = { files: files(name), hooks: order(name).length, service: await supervisor.up(name) };
  await change();
  await supervisor.until(shows, "the change");
  await supervisor.until(() => order(name).length >= before.hooks + expected.hooks_run.length, "the hooks");
  const service = await supervisor.up(name);
  const after = files(name);
  const paths = [...new Set([...Object.keys(before.files), ...Object.keys(after)])];
  return {
    files_changed: paths.filter((path) => before.files[path] !== after[path]).sort(),
    restarted: service.process.pid !== before.service.process.pid,
    hooks_run: order(name).slice(before.hooks),
    termination_reason: service.last_process_state?.termination_reason ?? null,
    restart_count: service.restart_count,
  };
}

describe("a key changed by config apply", () => {
  const reasons = new Map<string, string | null>();
  const values = new Map<string, Record<string, string>>();

  for (const { name: title, changed_key: key, expect: expected } of changes) {
    test(title, async () => {
      const name = title.includes("without") ? "chgno" : "chg";
      version += 1;
      const config = { ...values.get(name), [key]: `v${version}` };
      values.set(name, config);
      const toml = Object.entries(config)
        .map(([each, value]) => `${each} = "${value}"\n`)
        .join("");
      const seen = await observe(
        name,
        () => supervisor.apply(`${name}.default`, version, toml),
        expected,
        async () => (await supervisor.service(name))?.cfg[key] === `v${version}`,
      );
      const { termination_reason: reason, ...rest } = seen;
      expect(rest).toEqual({
        files_changed: expected.files_changed,
        restarted: expected.restarted,
        hooks_run: expected.hooks_run,
        restart_count: expected.restart_count,
      });
      // The vectors' reason is that of this case alone; ours stays from the restart before.
      expect(reason).toBe(expected.termination_reason ?? reasons.get(name) ?? null);
      reasons.set(name, reason);
    });
  }
});

interface LiveCase {
  readonly name: string;
  readonly package: string;
  readonly user_toml?: string | null;
  readonly config_apply?: { readonly version: number; readonly toml: string };
  readonly expect: {
    readonly cfg_differs_from_default: Record<string, unknown>;
    readonly restarted: boolean;
    readonly hooks_run: readonly string[];
    readonly termination_reason: string | null;
    readonly "app.conf": string;
  };
}

describe("user.toml and config apply, one after the other", () => {
  for (const one of live as LiveCase[]) {
    test(one.name, async () => {
      const name = one.package === "chg" ? "ulive" : "uliveno";
      const path = `hab/user/${name}/config/user.toml`;
      const complaints = supervisor.said("Reloading user-config failed");
      const change = async () => {
        if (one.config_apply !== undefined)
          await supervisor.apply(`${name}.default`, one.config_apply.version, one.config_apply.toml);
        else if (typeof one.user_toml === "string") supervisor.write(path, one.user_toml);
        else supervisor.remove(path);
      };
      const wanted: Record<string, unknown> = {
        ...Object.fromEntries([...Object.keys(KEYS), "config", "nowhere"].map((key) => [key, "a"])),
        ...one.expect.cfg_differs_from_default,
      };
      const shows = async () => {
        if (one.name.includes("invalid")) return supervisor.said("Reloading user-config failed") > complaints;
        return Bun.deepEquals((await supervisor.service(name))?.cfg, wanted);
      };
      const seen = await observe(name, change, one.expect, shows);
      expect(seen.restarted).toBe(one.expect.restarted);
      expect(seen.hooks_run).toEqual([...one.expect.hooks_run]);
      expect(seen.termination_reason).toBe(one.expect.termination_reason);
      expect(supervisor.read(`hab/svc/${name}/config/app.conf`)).toBe(one.expect["app.conf"]);
      expect((await supervisor.service(name))?.cfg).toEqual(wanted);
    });
  }
});
