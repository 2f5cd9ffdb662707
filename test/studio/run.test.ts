// Studios as an ordinary user and as root: what is inside, what a plan cannot reach, how a command's end is told
// (reference/plan-build.md §14). Works on dist/hab.
import { afterAll, afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HAB, run } from "../binary/program.ts";
import { BACKLINE, makeBackline } from "./backline.ts";
import { EVERYBODY, IS_ROOT, type Machine, openMachine, removeSharedRoot } from "./studio.ts";

let machine: Machine;
afterEach(() => machine.remove());
afterAll(removeSharedRoot);

describe.each(EVERYBODY)("a studio of %s", (who) => {
  beforeEach(() => {
    machine = openMachine(who);
  });
  const inside = (line: string, env: Record<string, string> = {}) =>
    machine.hab(["studio", "run", line], env);

  test("holds the tools, the program and the source directory, and nothing else of the machine", async () => {
    machine.write("note", "from outside\n");
    const { code, stdout, stderr } = await inside(
      "id -u; pwd; cat note; echo mine > made; ls /hab/pkgs/*; ls /usr/bin /lib; hab pkg list test/backline; command -v hab",
    );
    expect(stderr).toBe("");
    expect(stdout.split("\n")).toEqual([
      "0",
      "/src",
      "from outside",
      "backline",
      "/lib:",
      "",
      "/usr/bin:",
      BACKLINE,
      "/hab/bin/hab",
      "",
    ]);
    expect(code).toBe(0);
    expect(readFileSync(join(machine.source, "made"), "utf8")).toBe("mine\n");
  });

  test("gets a short list of variables and the secrets, whatever their values hold", async () => {
    const { stdout } = await inside(
      'printf "%s\\n" "$HAB_ORIGIN" "$FOO" "$HAB_STUDIO_SECRET_FOO" "$OTHER" "$LC_ALL" "$HOME" "$STUDIO_TYPE" "$PATH" "$HAB_LICENSE"',
      { HAB_ORIGIN: "", HAB_BLDR_URL: "http://a b", HAB_STUDIO_SECRET_FOO: "a  b\n c", OTHER: "x" },
    );
    expect(stdout).toBe(
      `\na  b\n c\n\n\nPOSIX\n/root\ndefault\n/hab/pkgs/${BACKLINE}/bin:/hab/bin\naccept-no-persist\n`,
    );
  });

  test("cannot be left by a path, a link, a mount, process 1 or what was left open", async () => {
    const target = join(machine.directory, "outside");
    writeFileSync(target, "untouched");
    await inside(`ln -s ${machine.directory} /tmp/away; ln -sfn ${machine.directory} /var/log`);
    const line = [
      `echo x 2>/dev/null >${target}`,
      "echo x 2>/dev/null >/tmp/away/outside",
      "echo x 2>/dev/null >/var/log/outside",
      "mount -t tmpfs tmpfs /mnt 2>/dev/null && echo mounted",
      "mount --bind / /mnt 2>/dev/null && echo bound",
      "umount /src 2>/dev/null && echo unmounted",
      "umount /run/.store-0 2>/dev/null && echo uncovered",
      "unshare -Urm bash -c 'umount /run/.store-0' 2>/dev/null && echo uncovered below",
      "ls /run/.store-0/* 2>/dev/null && echo undeclared",
      `echo x 2>/dev/null >/proc/1/root${target}`,
      "cat /proc/1/environ 2>/dev/null && echo environment",
      `echo x 2>/dev/null >/proc/1/cwd${target}`,
      "echo 1 2>/dev/null >/proc/sys/kernel/printk && echo sysctl",
      "touch /hab/pkgs/test/backline/1.0/20260101000000/x 2>/dev/null && echo package",
      "touch /hab/.hab/x 2>/dev/null && echo program",
      "for fd in /proc/self/fd/*; do echo $fd; done",
      "true",
    ];
    const { stdout } = await inside(line.join("\n"));
    // 3 is the directory that the pattern is matched with, 255 bash's own.
    const said = stdout.split("\n").map((each) => each.replace("/proc/self/fd/", ""));
    expect(said.filter((each) => !["0", "1", "2", "3", "255", "*", ""].includes(each))).toEqual([]);
    expect(readFileSync(target, "utf8")).toBe("untouched");
  });

  test("is never filled through links that a plan has put into it", async () => {
    await inside("rm -r /etc /hab/cache; ln -s /proc/1/root /hab/cache; true");
    const outside = join(machine.directory, "victim");
    mkdirSync(outside);
    // As a plan with the root's real path in its hands would leave it.
    const [name = ""] = readdirSync(join(machine.directory, "studios"));
    const root = join(machine.directory, "studios", name);
    symlinkSync(outside, join(root, "etc"));
    expect((await inside("true")).code).not.toBe(0);
    expect(readdirSync(outside)).toEqual([]);
  });

  test("ends as its command does", async () => {
    const ends: [string, number][] = [
      ["exit 7", 7],
      ["kill -9 $$", 137],
      ["kill -TERM $$", 143],
      ["nothere 2>/dev/null", 127],
    ];
    for (const [line, code] of ends) expect([line, (await inside(line)).code]).toEqual([line, code]);
  });

  test("hands its standard streams to the command", async () => {
    const child = Bun.spawn([...machine.as, HAB, "studio", "run", "cat; echo err >&2"], {
      cwd: machine.source,
      env: machine.env,
      stdin: new TextEncoder().encode("a\0b\r\n"),
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await child.stdout.text()).toBe("a\0b\r\n");
    expect(await child.stderr.text()).toBe("err\n");
  });

  test("has no way to the network with --no-network, not even abstract sockets", async () => {
    const { stdout } = await machine.hab([
      "studio",
      "--no-network",
      "run",
      "cat /proc/net/dev; (echo >/dev/tcp/127.0.0.1/1) 2>&1",
    ]);
    expect(stdout.split("\n").filter((line) => /^ *\w+:/.test(line))).toHaveLength(1);
    expect(stdout).toContain("Connection refused");
  });

  test("lets files be given to others, as builds do", async () => {
    const { code, stdout } = await inside("touch a && chown 42:42 a && echo given");
    expect([code, stdout]).toEqual([0, "given\n"]);
  });

  test("is refused to a second command while it is used, and to directories that are none", async () => {
    const first = Bun.spawn([...machine.as, HAB, "studio", "run", "echo up; cat"], {
      cwd: machine.source,
      env: machine.env,
      stdin: "pipe",
      stdout: "pipe",
    });
    const reader = first.stdout.getReader();
    await reader.read();
    const second = await inside("true");
    expect(second.code).toBe(1);
    expect(second.stderr).toContain("HAB-BLD-076");
    first.stdin.end();
    await first.exited;
    expect((await inside("true")).code).toBe(0);
    machine.write("precious", "x");
    for (const words of [["run", "true"], ["rm"]]) {
      const refused = await machine.hab(["studio", "-r", machine.source, ...words]);
      expect([refused.code, existsSync(join(machine.source, "precious"))]).toEqual([5, true]);
    }
  });

  test("dies with whoever made it, and is used or removed afterwards", async () => {
    const child = Bun.spawn([...machine.as, HAB, "studio", "run", "sleep 4242 & echo $BASHPID; cat; wait"], {
      cwd: machine.source,
      env: machine.env,
      stdin: "pipe",
      stdout: "pipe",
    });
    await child.stdout.getReader().read();
    const sleeping = () => Bun.spawnSync(["pgrep", "-f", "^sleep 4242$"]).stdout.toString();
    expect(sleeping()).not.toBe("");
    child.kill("SIGKILL");
    await child.exited;
    while (sleeping() !== "") await Bun.sleep(10);
    expect((await inside("echo again")).stdout).toBe("again\n");
    await inside("mkdir -p /opt/a/b && touch /opt/a/b/c && chmod 000 /opt/a/b /opt/a && chmod 555 /var");
    expect((await machine.hab(["studio", "rm"])).code).toBe(0);
    expect(readdirSync(join(machine.directory, "studios"))).toEqual([]);
  });

  test("ends what is asked to end, and what it left in the background", async () => {
    const child = Bun.spawn(
      [
        ...machine.as,
        HAB,
        "studio",
        "run",
        "trap 'echo asked; exit 3' TERM; sleep 4243 & echo up; while sleep 0.1; do :; done",
      ],
      { cwd: machine.source, env: machine.env, stdin: "ignore", stdout: "pipe" },
    );
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill("SIGTERM");
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("asked\n");
    await child.exited;
    expect(child.exitCode).toBe(3);
    expect(Bun.spawnSync(["pgrep", "-f", "^sleep 4243$"]).stdout.toString()).toBe("");
  });
});

describe("words and types", () => {
  beforeEach(() => {
    machine = openMachine("user");
  });

  test.each<[string[], number, RegExp]>([
    [["-t", "nothere", "new"], 2, /HAB-BLD-071/],
    [["-t", "stage1", "new"], 2, /archive of 2018/],
    [["-t", "baseimage", "new"], 2, /hab pkg export container/],
    [["-x"], 1, /HAB-BLD-070/],
    [["nothere"], 1, /HAB-BLD-070/],
    [["r"], 1, /needs a command/],
    [["-k"], 1, /needs a value/],
    [["-k", "nobody", "run", "true"], 1, /HAB-BLD-081/],
    [[], 1, /USAGE/],
  ])("hab studio %j", async (words, code, message) => {
    const { code: got, stderr } = await machine.hab(["studio", ...words]);
    expect([got, message.test(stderr)]).toEqual([code, true]);
  });

  test("version, help and beginnings of commands", async () => {
    expect((await machine.hab(["studio", "-V"])).stdout).toMatch(/^hab-studio \S+\n$/);
    expect((await machine.hab(["studio", "v"])).stdout).toMatch(/^hab-studio \S+\n$/);
    expect((await machine.hab(["studio", "-h"])).stdout).toContain("sup-run");
    expect((await machine.hab(["studio", "n"])).code).toBe(0);
    expect((await machine.hab(["studio", "ru", "exit 4"])).code).toBe(4);
  });

  test("the kind chroot is root's", async () => {
    const { code, stderr } = await machine.hab(["studio", "--chroot", "new"]);
    expect([code, stderr.includes("HAB-BLD-073")]).toEqual([9, true]);
  });

  test("without tools it says which ways there are", async () => {
    const env = { HAB_STUDIO_BACKLINE_PKG: "no/tools", HAB_BLDR_URL: "http://127.0.0.1:1" };
    const { code, stderr } = await machine.hab(["studio", "new"], env);
    expect(code).toBe(1);
    for (const each of ["no/tools", "HAB-BLD-075", "HAB_STUDIO_BACKLINE_PKG", "--no-studio"])
      expect(stderr).toContain(each);
  });

  test("busybox is a shell that builds nothing, whatever tools are named", async () => {
    makeBackline(machine.env["FS_ROOT"] ?? "", "core/busybox-static/1.36/20260101000000");
    const { code, stdout } = await machine.hab(["studio", "-t", "busybox", "run", "type record; pwd"]);
    expect([code, stdout]).toEqual([0, "/src\n"]);
    const refused = await machine.hab(["studio", "build", "-R"]);
    expect([refused.code, refused.stderr.includes("HAB-BLD-074")]).toEqual([10, true]);
  });

  test("a studio keeps the type it was made with", async () => {
    const env = { STUDIO_TYPE: "", HAB_STUDIO_BACKLINE_PKG: "test/backline" };
    await machine.hab(["studio", "-t", "bootstrap", "new"], env);
    const { stdout } = await machine.hab(["studio", "-t", "default", "run", "echo $STUDIO_TYPE"], env);
    expect(stdout).toBe("bootstrap\n");
  });
});

if (IS_ROOT)
  test("what is immutable is named when a studio cannot be removed", async () => {
    machine = openMachine("root");
    await machine.hab(["studio", "run", "mkdir /opt/a; touch /opt/a/fixed"]);
    const [name = ""] = readdirSync(join(machine.directory, "studios"));
    const path = join(machine.directory, "studios", name, "opt/a/fixed");
    // Not every file system knows the attribute.
    if ((await run(["/usr/bin/chattr", "+i", path])).code !== 0) return;
    const { code, stderr } = await machine.hab(["studio", "rm"]);
    await run(["/usr/bin/chattr", "-i", path]);
    expect([code, stderr.includes("HAB-BLD-077"), stderr.includes(path)]).toEqual([1, true, true]);
  });

if (IS_ROOT)
  describe("the kind chroot, as root", () => {
    beforeEach(() => {
      machine = openMachine("root");
    });

    test("has the machine's devices and root's rights, and leaves no mount behind", async () => {
      const before = readFileSync("/proc/self/mountinfo", "utf8");
      const { code, stdout } = await machine.hab(
        ["studio", "run", "mount -t tmpfs tmpfs /mnt && echo mounted; ls /dev/ptmx; pwd; exit 5"],
        { HAB_STUDIO_CHROOT: "1" },
      );
      expect([code, stdout]).toEqual([5, "mounted\n/dev/ptmx\n/src\n"]);
      expect(readFileSync("/proc/self/mountinfo", "utf8")).toBe(before);
    });
  });

test("where the kernel gives no namespaces it says so, with the ways out", async () => {
  machine = openMachine("user");
  // Who has no id in its namespace gets no further ones.
  const { code, stderr } = await run([...machine.as, "unshare", "-U", HAB, "studio", "new"], {
    cwd: machine.source,
    env: machine.env,
  });
  expect(code).toBe(1);
  for (const each of ["HAB-HST-010", "max_user_namespaces", "--no-studio"]) expect(stderr).toContain(each);
});
