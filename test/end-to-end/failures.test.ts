// What goes wrong for a person, with the real program: each failure says what, why and what to do next, has the exit
// code of docs/errors.md, leaves nothing half-installed and loses nothing.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BackgroundProcess, type Finished, Machine, PROJECT, until } from "./machine.ts";

let machine: Machine;
let supervisor: BackgroundProcess;
let hart: string;
let ident: string;
const CATALOGUE = readFileSync(join(PROJECT, "docs/errors.md"), "utf8");

/** A small service without dependencies: every hook it may have, one template. */
const PLAN = `pkg_name=web
pkg_origin=acme
pkg_version=1.0.0
pkg_svc_user=root
pkg_svc_group=root
do_build() { return 0; }
do_install() { head -c 300000 /dev/urandom >"$pkg_prefix/data"; }
`;
const FILES = {
  "default.toml": 'port = 8080\nname = "web"\n',
  "config/web.conf": "port={{cfg.port}} name={{cfg.name}}\n",
  "hooks/run": "#!/bin/sh\nexec sleep 100000\n",
};

/** Writes a plan with its files and builds it; gives the path of the hart and the ident. */
async function build(name: string, files: Record<string, string>, plan = PLAN) {
  const context = join(machine.directory, "plans", name);
  const all = { "plan.sh": plan.replace("pkg_name=web", `pkg_name=${name}`), ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(join(context, path, ".."), { recursive: true });
    writeFileSync(join(context, path), text, { mode: path.startsWith("hooks/") ? 0o755 : 0o644 });
  }
  await machine.run(["hab", "pkg", "build", "--no-studio", context]);
  const report = readFileSync(join(machine.env["HAB_OUTPUT_PATH"] as string, "last_build.env"), "utf8");
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(report)?.[1] as string;
  return {
    hart: join(machine.env["HAB_OUTPUT_PATH"] as string, value("pkg_artifact")),
    ident: value("pkg_ident"),
  };
}

/** Every release directory below /hab/pkgs, complete ones and leftovers alike. */
async function installed(): Promise<string[]> {
  const found = await machine.run([
    "sh",
    "-c",
    "cd /hab/pkgs 2>/dev/null && find . -mindepth 4 -maxdepth 4 | sort; :",
  ]);
  return found.stdout.split("\n").filter(Boolean);
}

/** The failure names a code, exits as the catalogue says (or with `exit`) and says what to do; gives what was said. */
function expectFailure({ exitCode, stderr }: Finished, exit?: number): string {
  const code = /HAB-[A-Z]+-\d{3}/.exec(stderr)?.[0];
  if (code === undefined) throw new Error(`no code in: ${stderr}`);
  const documented = new RegExp(`^\\| ${code} \\|.* (\\d+) \\|$`, "m").exec(CATALOGUE)?.[1];
  expect(exitCode).toBe(exit ?? Number(documented));
  expect(stderr).toContain("Next:");
  return stderr;
}

const hab = (...words: string[]) => machine.run(["hab", ...words], { exit: "any" });

async function status(name: string) {
  const { stdout } = await machine.run(["hab", "svc", "status", "--json"]);
  const all = JSON.parse(stdout) as {
    package: string;
    pid: number | null;
    state: string;
    problems: string[];
  }[];
  return all.find(
    (service) => service.package.startsWith(`acme/${name}/`) || service.package === `acme/${name}`,
  );
}

const rendered = (name: string) =>
  readFileSync(join(machine.directory, `hab/svc/${name}/config/web.conf`), "utf8");

beforeAll(async () => {
  machine = await Machine.start();
  Object.assign(machine.env, {
    HAB_BLDR_URL: "http://127.0.0.1:9636",
    HAB_OUTPUT_PATH: join(machine.directory, "results"),
    NO_INSTALL_DEPS: "true",
  });
  machine.background(["hab", "depot", "run", "--data", join(machine.directory, "depot")]);
  await until("the depot answers", async () => {
    return (await machine.run(["bash", "-c", "</dev/tcp/127.0.0.1/9636"], { exit: "any" })).exitCode === 0;
  });
  const data = ["--data", join(machine.directory, "depot")];
  await machine.run(["hab", "depot", "user", "create", "alice", ...data]);
  const token = await machine.run(["hab", "depot", "token", "create", "alice", ...data]);
  machine.env["HAB_AUTH_TOKEN"] = token.stdout.trim();
  await machine.run(["hab", "origin", "key", "generate", "acme"]);
  await machine.run(["hab", "origin", "create", "acme"]);
  await machine.run(["hab", "origin", "key", "upload", "acme"]);
  ({ hart, ident } = await build("web", FILES));
  await machine.run(["hab", "pkg", "upload", hart]);
  await machine.run(["rm", "-rf", "/hab/pkgs"]);
}, 60_000);

afterAll(async () => {
  await machine?.stop();
}, 30_000);

describe("installing", () => {
  test("a package nobody has", async () => {
    const said = expectFailure(await hab("pkg", "install", "acme/nothing"));
    expect(said).toContain("acme/nothing");
    expect(await installed()).toEqual([]);
  });

  test("a channel that does not offer it: says where it is", async () => {
    const said = expectFailure(await hab("pkg", "install", "acme/web", "--channel", "stable"));
    expect(said).toContain("stable");
    expect(said).toContain("unstable");
    expect(await installed()).toEqual([]);
  });

  test("a depot that is down", async () => {
    const said = expectFailure(
      await machine.run(["hab", "pkg", "install", "acme/web", "-c", "unstable", "-u", "http://127.0.0.1:9"], {
        exit: "any",
      }),
    );
    expect(said).toContain("127.0.0.1:9");
    expect(await installed()).toEqual([]);
  });

  test("a tampered hart: one byte is enough", async () => {
    const bytes = readFileSync(hart);
    bytes[bytes.length - 1000] = (bytes[bytes.length - 1000] as number) ^ 1;
    const tampered = join(machine.directory, "tampered.hart");
    writeFileSync(tampered, bytes);
    expectFailure(await hab("pkg", "verify", tampered));
    // Compat: a file that is no whole hart is a bad argument.
    expectFailure(await hab("pkg", "install", tampered), 2);
    expect(await installed()).toEqual([]);
    await machine.run(["rm", "-rf", "/hab/cache/artifacts"]);
  });

  test("a disk that is full: nothing is there after it, and the next try finishes the job", async () => {
    await machine.run(["mkdir", "-p", "/hab/pkgs"]);
    const small = "mount -t tmpfs -o size=100k tmpfs /hab/pkgs && exec hab pkg install acme/web -c unstable";
    const failed = await machine.run(["unshare", "-m", "sh", "-c", small], { exit: "any" });
    expect(expectFailure(failed)).toMatch(/space|full/i);
    expect(await installed()).toEqual([]);
    await machine.run(["hab", "pkg", "install", "acme/web", "-c", "unstable"]);
    expect(await installed()).toEqual([`./${ident}`]);
  });

  test("a disk that fills up half way leaves no trace of the package", async () => {
    const small =
      "mount -t tmpfs -o size=100k tmpfs /hab/pkgs && { hab pkg install acme/web -c unstable; find /hab/pkgs -type f | wc -l; }";
    const { stdout } = await machine.run(["unshare", "-m", "sh", "-c", small], { exit: "any" });
    expect(stdout.trim().split("\n").at(-1)).toBe("0");
  });

  test("no permission", async () => {
    const before = await installed();
    const asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const failed = await machine.run(
      [...asNobody, "env", `HOME=${machine.directory}/nobody`, "hab", "pkg", "uninstall", "acme/web"],
      { exit: "any" },
    );
    expect(failed.exitCode).not.toBe(0);
    expect(failed.stderr).toMatch(/permission|denied/i);
    expect(await installed()).toEqual(before);
  });

  test("a failed install hook hands on its exit code; the package stays, the hook runs again", async () => {
    const failing = await build("hooked", { ...FILES, "hooks/install": "#!/bin/sh\necho no; exit 42\n" });
    await machine.run(["rm", "-rf", "/hab/pkgs/acme/hooked"]);
    const said = expectFailure(await hab("pkg", "install", failing.hart), 42);
    expect(said).toContain("install");
    expect(
      readFileSync(join(machine.directory, "hab/pkgs", failing.ident, "INSTALL_HOOK_STATUS"), "utf8"),
    ).toBe("42");
  });
});

describe("building and uploading", () => {
  test("no signing key: exit 35, and nothing is made", async () => {
    const before = readdirSync(machine.env["HAB_OUTPUT_PATH"] as string);
    const failed = await machine.run(
      ["hab", "pkg", "build", "--no-studio", join(machine.directory, "plans/web")],
      {
        env: { HAB_ORIGIN: "stranger" },
        exit: "any",
      },
    );
    expect(failed.exitCode).toBe(35);
    expect(failed.stdout + failed.stderr).toContain("stranger");
    const after = readdirSync(machine.env["HAB_OUTPUT_PATH"] as string).filter((name) =>
      name.endsWith(".hart"),
    );
    expect(after).toEqual(before.filter((name) => name.endsWith(".hart")));
  });

  test("a key that is not in the cache", async () => {
    expect(expectFailure(await hab("origin", "key", "export", "stranger"))).toContain("stranger");
  });

  test("no token", async () => {
    const failed = await machine.run(["hab", "pkg", "upload", hart], {
      env: { HAB_AUTH_TOKEN: "" },
      exit: "any",
    });
    expect(expectFailure(failed)).toContain("HAB_AUTH_TOKEN");
  });
});

describe("a running service", () => {
  test("starts", async () => {
    supervisor = machine.background(["hab", "start", "acme/web", "--channel", "unstable"], {
      env: { HAB_BADENV: "this is neither TOML nor JSON" },
    });
    await until("web is up", async () => (await status("web"))?.state === "up");
    expect(rendered("web")).toBe("port=8080 name=web\n");
  });

  test("a port that is taken: the second Supervisor says so and the first goes on", async () => {
    const first = await machine.run(["hab", "sup", "run"], {
      env: { FS_ROOT: join(machine.directory, "other") },
      exit: "any",
    });
    expect(first.exitCode).toBe(86);
    expect(first.stdout + first.stderr).toContain("0.0.0.0:9638");
    const gossip = ["--listen-gossip", "127.0.0.1:9738"];
    const second = await machine.run(["hab", "sup", "run", ...gossip], {
      env: { FS_ROOT: join(machine.directory, "other") },
      exit: "any",
    });
    expect(second.exitCode).toBe(86);
    expect(second.stdout + second.stderr).toContain("127.0.0.1:9632");
    const third = await machine.run(["hab", "sup", "run", ...gossip, "--listen-ctl", "127.0.0.1:9732"], {
      env: { FS_ROOT: join(machine.directory, "other") },
      exit: "any",
    });
    expect(third.exitCode).toBe(86);
    expect(third.stdout + third.stderr).toContain("0.0.0.0:9631");
    expect((await status("web"))?.state).toBe("up");
  });

  test("bad user.toml: the last good configuration stays, the status names file and line", async () => {
    const directory = join(machine.directory, "hab/user/web/config");
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "user.toml"), "port = 9090\n");
    await until("user.toml is in force", () => rendered("web") === "port=9090 name=web\n");
    writeFileSync(join(directory, "user.toml"), "port = 1\nport = = 2\n");
    const problems = await until("the problem shows", async () => {
      const found = (await status("web"))?.problems ?? [];
      return found.length > 0 && found;
    });
    expect(problems.join("\n")).toMatch(/user\.toml/);
    expect(problems.join("\n")).toMatch(/line 2/);
    expect(rendered("web")).toBe("port=9090 name=web\n");
    expect((await status("web"))?.state).toBe("up");
    writeFileSync(join(directory, "user.toml"), "port = 9091\n");
    await until("the mended file is in force", () => rendered("web") === "port=9091 name=web\n");
    await until("the problem is gone", async () => (await status("web"))?.problems.length === 0);
  });

  test("bad applied configuration is refused before it is spread", async () => {
    const failed = await machine.run(["hab", "config", "apply", "web.default", "1"], {
      input: "port = = 1\n",
      exit: "any",
    });
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toMatch(/line 1/);
    expect(rendered("web")).toBe("port=9091 name=web\n");
  });

  test.each([
    ["a bad default.toml", "baddefault", { "default.toml": "port = = 1\n" }, /default\.toml/],
    ["a bad environment layer", "badenv", {}, /HAB_BADENV/],
    ["a template that does not parse", "badtemplate", { "config/web.conf": "{{#if}\n" }, /web\.conf/],
  ] as const)(
    "%s keeps its service down, named in the status, and nothing else",
    async (_, name, files, words) => {
      const built = await build(name, { ...FILES, ...files });
      await machine.run(["hab", "pkg", "install", built.hart]);
      await machine.run(["hab", "svc", "load", `acme/${name}`]);
      await until("the Supervisor says why", () => words.test(supervisor.output()));
      expect(existsSync(join(machine.directory, `hab/sup/default/specs/${name}.spec`))).toBe(true);
      expect((await status("web"))?.state).toBe("up");
      await machine.run(["hab", "svc", "unload", `acme/${name}`]);
    },
    60_000,
  );

  test("an init hook that fails is told with its exit code and tried again", async () => {
    const built = await build("badinit", { ...FILES, "hooks/init": "#!/bin/sh\nexit 7\n" });
    await machine.run(["hab", "pkg", "install", built.hart]);
    await machine.run(["hab", "svc", "load", "acme/badinit"]);
    await until("the failure is told", () =>
      supervisor.output().includes("Initialization failed! 'init' exited with status code 7"),
    );
    await machine.run(["hab", "svc", "unload", "acme/badinit"]);
    expect((await status("web"))?.state).toBe("up");
  });

  test("an unknown service", async () => {
    expect(expectFailure(await hab("svc", "start", "acme/unknown"))).toContain("acme/unknown");
  });

  test("no Supervisor: a command says how to get one", async () => {
    await machine.run(["hab", "sup", "term"]);
    await supervisor.exited;
    expect(expectFailure(await hab("svc", "status"))).toContain("9632");
  });
});

describe("secrets", () => {
  test("are in no file that others may read, and not in what was said", async () => {
    const secret = readFileSync(join(machine.directory, "hab/sup/default/CTL_SECRET"), "utf8");
    expect(statSync(join(machine.directory, "hab/sup/default/CTL_SECRET")).mode & 0o777).toBe(0o600);
    expect(supervisor.output()).not.toContain(secret);
    expect(supervisor.output()).not.toContain(machine.env["HAB_AUTH_TOKEN"] as string);
  });
});
