// Builds that are killed, run out of disk, or get a plan that does what no plan should: nothing half-made is found as a package,
// an artifact or a report, nothing is left running, and the next build finds a clean place.
import { afterAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isProcessRunning, LineSplitter, TEMPORARY_LIFETIME_MS } from "../../src/host/index.ts";
import { readArchive } from "../../src/package/index.ts";
import { type Ended, run } from "../binary/program.ts";
import { BuildWorld, planText } from "./world.ts";

const world = new BuildWorld();
afterAll(() => world[Symbol.dispose]());

/** Every process whose environment says that it belongs to a build of this world. */
function processesOfBuilds(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && isProcessRunning(Number(name)))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").includes(`HAB_OUTPUT_PATH=${world.results}`);
      } catch {
        return false;
      }
    });
}

async function untilNothingRuns(): Promise<void> {
  while (processesOfBuilds().length > 0) await Bun.sleep(10);
}

/** Starts a build and calls `act` with its pid and that of its bash when it has printed so many lines, or this one. */
async function buildUntil(context: string, point: number | string, act: (hab: number, bash: number) => void) {
  const child = Bun.spawn(world.command(context), {
    env: world.environment(),
    cwd: world.directory,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const complaints = child.stderr.text();
  const splitter = new LineSplitter();
  let seen = 0;
  let acted = false;
  for await (const chunk of child.stdout) {
    const lines = splitter.push(chunk);
    seen += lines.length;
    if (acted || !(typeof point === "number" ? seen >= point : lines.includes(point))) continue;
    acted = true;
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ");
    act(child.pid, Number(children[0]));
  }
  await child.exited;
  return { acted, code: child.exitCode, signal: child.signalCode, stderr: await complaints };
}

/** A file that was being written: no reader takes it for anything, and a build takes it away when it is an hour old. */
const TEMPORARY = /^\.tmp[0-9a-f]{12}$/;

/** Nothing that a reader would take for the product of a build. */
function expectNothingOf(name: string): void {
  expect(world.path(name)).toBeUndefined();
  const others = world.resultNames().filter((each) => !["logs", "pre_build.env"].includes(each));
  expect(others.filter((each) => !TEMPORARY.test(each))).toEqual([]);
  expect(world.names("cache", "artifacts")).toEqual([]);
}

/** Takes a package, its artifact and its report away, having seen that they are whole. */
async function removeWhole(name: string): Promise<void> {
  const [artifact = ""] = world.names("cache", "artifacts");
  expect((await readArchive(join(world.root, "hab/cache/artifacts", artifact))).ident.name).toBe(name);
  expect(world.resultNames()).toContain("last_build.env");
  rmSync(world.path(name) ?? "", { recursive: true });
  rmSync(join(world.root, "hab/cache/artifacts", artifact));
  for (const each of world.resultNames())
    if (each.endsWith(".hart") || each === "last_build.env") rmSync(join(world.results, each));
}

describe("a build that is killed leaves nothing that looks finished, and nothing running", () => {
  // Random bytes, so that packing takes a while.
  const plan = world.plan(
    "killed",
    planText(
      "killed",
      `do_build() { echo in do_build; while :; do [[ -e $PLAN_CONTEXT/go ]] && break; sleep 0.01; done; }
       do_install() { head -c 600000 /dev/urandom >"$pkg_prefix/file"; }
       do_after_failure() { echo told; }`,
    ),
  );
  const kills: Readonly<Record<string, (hab: number, bash: number) => void>> = {
    "hab by SIGKILL": (hab) => process.kill(hab, "SIGKILL"),
    "bash by SIGKILL": (_, bash) => process.kill(bash, "SIGKILL"),
    "both by SIGKILL": (hab, bash) => [bash, hab].map((pid) => process.kill(pid, "SIGKILL")),
    "hab by SIGTERM": (hab) => process.kill(hab, "SIGTERM"),
    "hab by SIGINT": (hab) => process.kill(hab, "SIGINT"),
    "bash by SIGTERM": (_, bash) => process.kill(bash, "SIGTERM"),
  };
  const killAt = (line: number) => kills[line % 2 === 0 ? "both by SIGKILL" : "hab by SIGKILL"] ?? (() => {});
  const codes: Readonly<Record<string, number>> = {
    "hab by SIGTERM": 143,
    "hab by SIGINT": 130,
    "bash by SIGTERM": 143,
    "bash by SIGKILL": 137,
  };
  test.each(Object.entries(kills))("%s, while the plan works", async (name, act) => {
    const ended = await buildUntil(plan, "in do_build", act);
    await untilNothingRuns();
    expect(ended.acted).toBe(true);
    if (codes[name] !== undefined) expect(ended.code).toBe(codes[name] ?? 0);
    expectNothingOf("killed");
  });

  test("at any line it prints before the plan works", async () => {
    for (const line of [1, 6, 7]) {
      const { acted } = await buildUntil(plan, line, killAt(line));
      await untilNothingRuns();
      expect(`${line} ${acted}`).toBe(`${line} true`);
      expectNothingOf("killed");
    }
  });

  test("at any line it prints after that, unless it was faster than the kill and is whole", async () => {
    writeFileSync(join(plan, "go"), "");
    for (const line of [24, 28, 30, 32, 33]) {
      const { acted, code } = await buildUntil(plan, line, killAt(line));
      await untilNothingRuns();
      expect(`${line} ${acted}`).toBe(`${line} true`);
      if (code === 0) await removeWhole("killed");
      else expectNothingOf("killed");
    }
  });

  test("and the next build takes away what they left, and is well", async () => {
    expect(world.releases("killed").length).toBeGreaterThan(0);
    writeFileSync(join(world.results, ".tmp0123456789ab"), "what a build was writing when it was killed");
    const longAgo = new Date(Date.now() - 2 * TEMPORARY_LIFETIME_MS);
    for (const each of world.resultNames().filter((name) => TEMPORARY.test(name)))
      utimesSync(join(world.results, each), longAgo, longAgo);
    expect((await world.build(plan)).code).toBe(0);
    expect(world.releases("killed")).toHaveLength(1);
    expect(world.path("killed")).toBeDefined();
    expect(world.names("cache", "artifacts")).toHaveLength(1);
    expect(world.resultNames()).toContain("last_build.env");
    expect(world.resultNames().filter((name) => name.endsWith(".hart"))).toHaveLength(1);
    expect(world.resultNames().filter((name) => name.startsWith(".") || name === "pre_build.env")).toEqual(
      [],
    );
    expect(readdirSync(world.scratch)).toEqual([]);
  });
});

describe("a plan that leaves something behind:", () => {
  test("processes are ended, also those that went into a session of their own", async () => {
    const plan = world.plan(
      "daemons",
      planText(
        "daemons",
        `do_build() { (setsid sleep 1000 </dev/null >/dev/null 2>&1 &); (trap '' TERM; exec sleep 1000) & :; }`,
      ),
    );
    const { code, stderr } = await world.build(plan);
    expect(code).toBe(0);
    expect(stderr).toContain("The plan left processes running; they were ended: sleep, sleep");
    expect(processesOfBuilds()).toEqual([]);
  });

  test("a signal reaches what bash waits for, and a second one what does not listen", async () => {
    const plan = world.plan(
      "deaf",
      planText("deaf", `do_build() { (trap '' TERM; echo in do_build; while :; do sleep 1000; done); }`),
    );
    const ended = await buildUntil(plan, "in do_build", (hab) => {
      process.kill(hab, "SIGTERM");
      // The first must have been taken before the second means anything.
      setTimeout(() => process.kill(hab, "SIGTERM"), 50);
    });
    await untilNothingRuns();
    // Either of the two goes first: hab ends at once, or because its bash has.
    expect([137, 143]).toContain(ended.code ?? 0);
    expect(processesOfBuilds()).toEqual([]);
  });
});

describe("a full disk ends a build", () => {
  const world = new BuildWorld();
  afterAll(() => world[Symbol.dispose]());
  const plan = world.plan(
    "full",
    planText(
      "full",
      `do_download() { head -c 100000 /dev/urandom >"$HAB_CACHE_SRC_PATH/full.src"; }
       do_unpack() { mkdir -p "$CACHE_PATH" && cp "$HAB_CACHE_SRC_PATH/full.src" "$CACHE_PATH/"; }
       do_install() { cat "$CACHE_PATH/full.src" "$CACHE_PATH/full.src" >"$pkg_prefix/file"; }`,
    ),
  );
  const unshare = process.geteuid?.() === 0 ? ["unshare", "-m"] : ["unshare", "-rm"];
  const possible = spawnSync(unshare[0] ?? "", [...unshare.slice(1), "mount", "-t", "tmpfs", "none", "/mnt"]);

  /** Builds on tmpfs of these sizes (kB) at `place`; answers a line each: size, status, what is there, and the last words. */
  function buildOn(place: string, sizes: readonly number[]): string[] {
    const loop = [
      "place=$1 plan=$2 hab=$3 results=$4; shift 4",
      "for size; do",
      '  mkdir -p "$place"',
      '  mount -t tmpfs -o size="$size"k none "$place" || exit 99',
      '  words=$("$hab" pkg build --no-studio "$plan" 2>&1); status=$?',
      '  target=no; [ -n "$(find "$HAB_ROOT_PATH/pkgs" -name TARGET 2>/dev/null)" ] && target=yes',
      '  left=$(cd "$HAB_ROOT_PATH" && find cache/artifacts "$results" -type f 2>/dev/null | sed "s,.*/,,; s/-[0-9]\\{14\\}-.*hart/.hart/" | sort | tr "\\n" " ")',
      '  temporary=$(find "$HAB_ROOT_PATH" "$results" -name ".tmp*" | tr "\\n" " ")',
      '  said=no; case $words in *"o space left"*|*"no room left"*|*ENOSPC*) said=yes;; esac',
      '  echo "$size $status target=$target said=$said temporary=$temporary left=$left"',
      '  umount "$place"; rm -rf "$results" "$HAB_ROOT_PATH/pkgs" "$HAB_ROOT_PATH/cache"',
      "done",
    ].join("\n");
    const words = [
      "-c",
      loop,
      "sh",
      place,
      plan,
      world.command(plan)[0] ?? "",
      world.results,
      ...sizes.map(String),
    ];
    const ended = spawnSync(unshare[0] ?? "", [...unshare.slice(1), "sh", ...words], {
      env: world.environment(),
      cwd: world.directory,
      encoding: "utf8",
    });
    expect(ended.stderr).toBe("");
    return ended.stdout.trim().split("\n");
  }

  function expectWholeOrNothing(lines: readonly string[]): void {
    for (const line of lines) {
      const [, status] = line.split(" ");
      expect(line).toContain("temporary= ");
      if (status === "0") expect(line).toContain("target=yes");
      else {
        expect(line).toContain("target=no said=yes");
        expect(line).not.toContain("last_build.env");
      }
    }
    expect(lines.at(-1)?.split(" ")[1]).toBe("0");
    expect(lines[0]?.split(" ")[1]).not.toBe("0");
  }

  test.skipIf(possible.status !== 0)("at whatever stage it is noticed below /hab", () => {
    expectWholeOrNothing(buildOn(join(world.root, "hab"), [4, 64, 208, 400, 428, 500, 640, 2000]));
  });

  test.skipIf(possible.status !== 0)("where the results go", () => {
    const lines = buildOn(world.results, [4, 100, 2000]);
    expectWholeOrNothing(lines);
    for (const line of lines.slice(0, -1))
      expect(line.slice(line.indexOf("left="))).not.toContain("/results");
  });
});

describe("the results directory", () => {
  test("that cannot be made ends the build before the plan works", async () => {
    const plan = world.plan("nowhere", planText("nowhere", 'do_before() { echo "worked"; }'));
    writeFileSync(join(world.directory, "file"), "");
    const { code, stdout, stderr } = await world.build(plan, {
      env: { HAB_OUTPUT_PATH: join(world.directory, "file") },
    });
    expect(code).toBe(1);
    expect(stdout).not.toContain("worked");
    expect(stderr).toContain(join(world.directory, "file"));
  });
});

describe("a package may hold", () => {
  test("names that are no text, circular links and setuid files", async () => {
    const plan = world.plan(
      "odd",
      planText(
        "odd",
        `do_install() {
           printf x >"$pkg_prefix/"$'caf\\xe9'
           mkdir "$pkg_prefix/"$'d\\xff'
           printf y >"$pkg_prefix/"$'d\\xff/\\xc3\\xa9'
           ln -s loop "$pkg_prefix/loop"
           printf z >"$pkg_prefix/suid"; chmod 4755 "$pkg_prefix/suid"
         }`,
      ),
    );
    const { code, stderr } = await world.build(plan);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const listed = readFileSync(join(world.path("odd") ?? "", "FILES"), "latin1");
    for (const name of ["caf\xe9", "d\xff/\xc3\xa9", "suid"]) expect(listed).toContain(`/${name}\n`);
    const verified = spawnSync(world.command("")[0] ?? "", ["pkg", "verify", "acme/odd"], {
      env: world.environment(),
      encoding: "utf8",
    });
    expect(`${verified.stdout}${verified.stderr}`).not.toContain("changed");
    expect(verified.status).toBe(0);
  });

  test.each([
    { what: "line break in a name", install: `: >"$pkg_prefix/a"$'\\n'"b"`, words: "holds a line break" },
    { what: "FIFO", install: 'mkfifo "$pkg_prefix/pipe"', words: "pipe is neither a file" },
    {
      what: "socket",
      install: `perl -MSocket -e 'socket(my $s, PF_UNIX, SOCK_STREAM, 0); chdir shift; bind($s, pack_sockaddr_un("socket"))' "$pkg_prefix"`,
      words: "socket is neither a file",
    },
  ])("no $what", async ({ what, install, words }) => {
    const name = what.replaceAll(" ", "-");
    const { code, stderr } = await world.build(
      world.plan(name, planText(name, `do_install() { ${install}; }`)),
    );
    expect(code).toBe(1);
    expect(stderr).toContain(words);
    expect(world.path(name)).toBeUndefined();
    expect(world.names("cache", "artifacts").filter((each) => each.includes(name))).toEqual([]);
  });
});

describe("a plan that", () => {
  const failing = (name: string, more: string, files?: Record<string, string>) =>
    world.build(world.plan(name, planText(name, more), files));

  test("ends with `exit 0` before there is a package has failed", async () => {
    const { code, stderr } = await failing("exits", "do_build() { exit 0; }");
    expect(code).toBe(1);
    expect(stderr).toContain("ended the build with 'exit 0' before there was a package");
    expect(world.path("exits")).toBeUndefined();
  });

  test("ends with `exit 0` when all is done has not", async () => {
    expect((await failing("exits-late", "do_end() { exit 0; }")).code).toBe(0);
  });

  test("writes to the connection with hab is told so", async () => {
    const { code, stderr } = await failing("noisy", 'do_build() { echo hello >&"$__to_hab"; }');
    expect(code).toBe(1);
    expect(stderr).toContain("The plan wrote to the connection between the build program and hab");
  });

  test("closes every file descriptor above 2 is told so", async () => {
    const { code, stdout } = await failing(
      "closing",
      'do_build() { local fd; for fd in {3..255}; do eval "exec $fd>&-"; done; }',
    );
    expect(code).toBe(1);
    expect(stdout).toContain("The connection to hab");
  });

  test("prints a lot is not held in memory", async () => {
    const peakOf = async (name: string, more: string) => {
      const child = Bun.spawn(world.command(world.plan(name, planText(name, more))), {
        env: world.environment(),
        cwd: world.directory,
        stdio: ["ignore", Bun.file("/dev/null"), "ignore"],
      });
      expect(await child.exited).toBe(0);
      return child.resourceUsage()?.maxRSS ?? 0;
    };
    const quiet = await peakOf("quiet", "");
    const loud = await peakOf("loud", "do_build() { head -c 400000000 /dev/zero; }");
    expect(loud - quiet).toBeLessThan(200_000_000);
  });

  test("has a link in config/ that leads round in a circle is told which", async () => {
    const plan = world.plan("circle", planText("circle"), { "config/a": "" });
    symlinkSync("loop", join(plan, "config/loop"));
    const { code, stderr } = await world.build(plan);
    expect(code).toBe(1);
    expect(stderr).toContain("config/loop");
  });

  test("waits for all its children is not held up by ours", async () => {
    // Only running ones: bash may still list `true` as done.
    const { code } = await failing("waits", "do_build() { true & wait; [[ -z $(jobs -r) ]]; }");
    expect(code).toBe(0);
  });

  test("exposes what its default.toml does not give names the place", async () => {
    const more = "declare -A pkg_exports=([port]=srv.port)\npkg_exposes=(port)";
    const { code, stdout } = await failing("exposing", more, { "default.toml": "[srv\nport = 1\n" });
    expect(code).toBe(1);
    expect(stdout).toContain("exposing/default.toml");
    expect(world.path("exposing")).toBeUndefined();
  });
});

describe("a signing key that cannot be read", () => {
  test("ends the build before the plan works", async () => {
    using other = new BuildWorld();
    const plan = other.plan("keyless", planText("keyless", "do_before() { echo worked; }"));
    const [name = ""] = readdirSync(other.keys.directory).filter((each) => each.endsWith(".sig.key"));
    chmodSync(join(other.keys.directory, name), 0o600);
    writeFileSync(join(other.keys.directory, name), "SIG-SEC-1\n");
    const { code, stdout } = await other.build(plan);
    expect(code).toBe(35);
    expect(stdout).not.toContain("worked");
  });
});

test("two builds of one release at a time: the second says that it is being made", async () => {
  const plan = world.plan(
    "twice",
    planText(
      "twice",
      `pkg_prefix=$HAB_PKG_PATH/acme/twice/1.0/20260101000000
       do_build() { echo in do_build; while ! [[ -e $PLAN_CONTEXT/go ]]; do sleep 0.01; done; }`,
    ),
  );
  let second: Promise<Ended> | undefined;
  const first = await buildUntil(plan, "in do_build", () => {
    second = world.build(plan).finally(() => writeFileSync(join(plan, "go"), ""));
  });
  expect(first.code).toBe(0);
  const { code, stderr } = (await second) ?? { code: 0, stderr: "" };
  expect(code).toBe(1);
  expect(stderr).toContain("acme/twice/1.0/20260101000000 is being built or installed by another process");
});

test("a package is found only when its build has come to the end", async () => {
  const seen = 'note() { find "$pkg_prefix" -name TARGET | grep -c . >>"$PLAN_CONTEXT/seen" || true; }';
  const plan = world.plan("late", planText("late", `${seen}\ndo_after() { note; }\ndo_end() { note; }\n`));
  expect((await world.build(plan)).code).toBe(0);
  expect(readFileSync(join(plan, "seen"), "utf8")).toBe("0\n1\n");
  const [artifact = ""] = world.resultNames().filter((name) => name.startsWith("acme-late"));
  expect((await readArchive(join(world.results, artifact))).ident.name).toBe("late");
});

test("a program that was started for words which are none leaves nothing of itself", async () => {
  const context = world.plan("early", planText("early"));
  const { code, stderr } = await run([...world.command(context), "another"], { env: world.environment() });
  expect([code, stderr]).toEqual([2, expect.stringContaining("unexpected argument 'another'")]);
  // Its guard takes the text away when bash has come so far.
  while (readdirSync(world.scratch).length > 0) await Bun.sleep(10);
  await untilNothingRuns();
});
