import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ErrorKind, isKind } from "../error/index.ts";
import { canRunAsOtherUser } from "./capabilities.ts";
import { hostErrors } from "./errors.ts";
import { type ProcessOutput, type StartOptions, startProcess } from "./process.ts";
import { isProcessRunning, processStatus } from "./process-table.ts";
import { signalNumber, terminateGroup, waitForExit } from "./process-wait.ts";

const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin" };
let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-process-"));
  chmodSync(directory, 0o755);
});
afterAll(() => rmSync(directory, { recursive: true }));

function script(name: string, text: string, mode = 0o755): string {
  const path = join(directory, name);
  writeFileSync(path, text, { mode });
  chmodSync(path, mode);
  return path;
}

function start(options: Partial<StartOptions> & Pick<StartOptions, "command">) {
  return startProcess({ env, stdout: "pipe", stderr: "null", name: "test", ...options });
}

async function all(output: ProcessOutput): Promise<string[]> {
  return Array.fromAsync(output.lines());
}

/** The lines a shell command prints when started so. */
async function output(text: string, options: Partial<StartOptions> = {}): Promise<string[]> {
  const child = await start({ command: ["/bin/sh", "-c", text], ...options });
  const lines = await all(child.stdout);
  await child.exited;
  return lines;
}

async function failure(options: Partial<StartOptions> & Pick<StartOptions, "command">) {
  try {
    await start(options);
  } catch (error) {
    return error;
  }
  throw new Error("it started");
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(2);
}

function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

describe("a started process", () => {
  test("leads its own session and process group", async () => {
    const [line = ""] = await output("cut -d' ' -f 1,5,6 /proc/$$/stat");
    const [pid, group, session] = line.split(" ");
    expect(group).toBe(pid as string);
    expect(session).toBe(pid as string);
  });

  test("has an empty standard input and nothing open beyond the three", async () => {
    expect(await output("cat; ls /proc/$$/fd")).toEqual(["0", "1", "2"]);
  });

  test("has default signal dispositions and no blocked signal", async () => {
    const lines = await output("grep -E '^Sig(Ign|Blk)' /proc/self/status");
    expect(lines).toEqual(["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"]);
  });

  test("writes to a real pipe: /dev/stdout can be opened", async () => {
    expect(await output("echo opened > /dev/stdout")).toEqual(["opened"]);
  });

  test("has exactly the environment given", async () => {
    expect(
      (await output("env", { env: { A: "1", B: "x\ny" } })).filter((line) => !/^(PWD|_)=/.test(line)),
    ).toEqual(["A=1", "B=x", "y"]);
  });

  test("runs where it is told", async () => {
    expect(await output("pwd", { cwd: "/usr" })).toEqual(["/usr"]);
  });

  test("tells exit codes and signals apart", async () => {
    for (const [text, exit] of [
      ["exit 0", { code: 0, signal: null }],
      ["exit 84", { code: 84, signal: null }],
      ["kill -KILL $$", { code: null, signal: "SIGKILL" }],
      ["kill -TERM $$", { code: null, signal: "SIGTERM" }],
      ["kill -37 $$", { code: null, signal: "SIG37" }],
    ] as const)
      expect(await (await start({ command: ["/bin/sh", "-c", text] })).exited).toEqual(exit);
  });

  test("is looked up in the PATH it is given", async () => {
    script("mine", "#!/bin/sh\necho mine\n");
    const child = await start({ command: ["mine"], env: { PATH: directory } });
    expect(await all(child.stdout)).toEqual(["mine"]);
  });

  test("may be a script without an interpreter line", async () => {
    const child = await start({ command: [script("bare", "echo bare $1\n"), "x"] });
    expect(await all(child.stdout)).toEqual(["bare x"]);
  });

  test("both streams come in full while one of them is large", async () => {
    const child = await start({
      command: ["/bin/sh", "-c", "seq 1 200000 >&2; echo done"],
      stderr: "pipe",
    });
    const [out, err] = await Promise.all([all(child.stdout), all(child.stderr)]);
    expect(out).toEqual(["done"]);
    expect(err.length).toBe(200_000);
    expect(err.at(-1)).toBe("200000");
  });

  test("is held back while nobody reads, and ends by SIGPIPE when the reader leaves", async () => {
    const child = await start({ command: ["/bin/sh", "-c", "while echo y; do :; done"] });
    for await (const _ of child.stdout.lines()) break;
    expect(await child.exited).toEqual({ code: null, signal: "SIGPIPE" });
  });

  test("descriptors are not leaked", async () => {
    await output("true");
    const before = openDescriptors();
    for (let index = 0; index < 20; index++) await output("echo a");
    for (let index = 0; index < 20; index++) await failure({ command: ["/no/such/program"] });
    for (let index = 0; index < 20; index++) {
      const child = await start({ command: ["/bin/true"] });
      child.stdout.discard();
      await child.exited;
    }
    Bun.gc(true);
    await until(() => openDescriptors() <= before + 2);
  });
});

describe("a process that cannot start", () => {
  const cases: [string, () => Partial<StartOptions> & Pick<StartOptions, "command">, ErrorKind, string][] = [
    ["no program", () => ({ command: ["/no/such"] }), hostErrors.programMissing, "/no/such does not exist"],
    [
      "not in PATH",
      () => ({ command: ["no-such"] }),
      hostErrors.programMissing,
      "no program no-such in the PATH",
    ],
    [
      "no interpreter",
      () => ({ command: [script("wrong", "#!/no/interpreter\n")] }),
      hostErrors.programMissing,
      "needs /no/interpreter, which does not exist",
    ],
    [
      "no execute bit",
      () => ({ command: [script("plain", "#!/bin/sh\n", 0o644)] }),
      hostErrors.programNotStarted,
      "is not executable",
    ],
    [
      "no directory",
      () => ({ command: ["/bin/true"], cwd: "/no/such" }),
      hostErrors.programMissing,
      "no directory /no/such",
    ],
    ["nothing", () => ({ command: [] }), hostErrors.programMissing, "no program given"],
  ];
  test.each(cases)("%s", async (_, options, kind, text) => {
    const error = await failure(options());
    expect(isKind(error, kind)).toBe(true);
    expect((error as Error).message).toContain(text);
  });

  test.if(canRunAsOtherUser())("the same through the identity helper", async () => {
    const user = { uid: 4711, gid: 4712, groups: [4712, 4713] };
    for (const [, options, kind, text] of cases) {
      const error = await failure({ ...options(), user });
      expect((error as Error).message).toContain(text);
      expect(isKind(error, kind)).toBe(true);
    }
  });
});

describe.if(canRunAsOtherUser())("another user", () => {
  const identity = "sed -n -E 's/^(Uid|Gid|Groups):[[:space:]]*//p' /proc/self/status";
  const normal = (lines: string[]) => lines.map((line) => line.trim().replaceAll("\t", " "));

  test("with the primary group only: no helper", async () => {
    const lines = await output(identity, { user: { uid: 4711, gid: 4712, groups: [4712] } });
    expect(normal(lines)).toEqual(["4711 4711 4711 4711", "4712 4712 4712 4712", ""]);
  });

  test("with further groups, through the helper, which leaves no trace", async () => {
    const user = { uid: 4711, gid: 4712, groups: [4712, 4713, 4714] };
    expect(normal(await output(identity, { user }))).toEqual([
      "4711 4711 4711 4711",
      "4712 4712 4712 4712",
      "4712 4713 4714",
    ]);
    expect(await output("grep -E '^Sig(Ign|Blk)|^CapEff' /proc/self/status", { user })).toEqual([
      "SigBlk:\t0000000000000000",
      "SigIgn:\t0000000000000000",
      "CapEff:\t0000000000000000",
    ]);
    expect(await output("ls /proc/$$/fd; pwd", { user, cwd: "/usr" })).toEqual(["0", "1", "2", "/usr"]);
    const strange = { BUN_OPTIONS: "--preload /nowhere.ts", LD_LIBRARY_PATH: "/nowhere", "A B": "ü\n" };
    const variables = await output("env -0 | tr '\\0\\n' '|/'", { user, env: strange });
    for (const [name, value] of Object.entries(strange))
      if (name !== "A B") expect(variables.join("")).toContain(`${name}=${value}`);
    const child = await start({ command: [script("bare2", "echo $$ $1\n"), "x"], user });
    expect(await all(child.stdout)).toEqual([`${child.pid} x`]);
  });

  test("an identity that is refused says so and leaves nothing behind", async () => {
    const error = await failure({ command: ["/bin/true"], user: { uid: 2 ** 32 - 1, gid: 5, groups: [6] } });
    expect(isKind(error, hostErrors.identityRefused)).toBe(true);
    expect((error as Error).message).toContain("setuid");
  });
});

describe("waiting for the end of any process", () => {
  test("a process that is not our child", async () => {
    const [pid = ""] = await output("sleep 60 > /dev/null & echo $!");
    const gone = waitForExit(Number(pid));
    process.kill(Number(pid), "SIGKILL");
    await gone;
    expect(isProcessRunning(Number(pid))).toBe(false);
  });

  test("one that does not exist", async () => {
    const child = await start({ command: ["/bin/true"] });
    await child.exited;
    await waitForExit(child.pid);
  });

  test("can be called off, without leaking a descriptor", async () => {
    const child = await start({ command: ["/bin/sleep", "60"], stdout: "null" });
    const before = openDescriptors();
    for (let index = 0; index < 10; index++) {
      const waiting = new AbortController();
      const waited = waitForExit(child.pid, waiting.signal);
      waiting.abort("enough");
      expect(await waited.catch((reason) => reason)).toBe("enough");
    }
    await until(() => openDescriptors() <= before);
    process.kill(child.pid, "SIGKILL");
    await child.exited;
  });
});

describe("stopping", () => {
  test("by its signal", async () => {
    const child = await start({
      command: ["/bin/sh", "-c", "trap 'exit 3' INT; echo up; while :; do sleep 0.01; done"],
    });
    const lines = child.stdout.lines();
    await lines.next();
    expect(await terminateGroup(child.pid, { signal: "INT", timeoutMs: 10_000 })).toBe("graceful");
    expect(await child.exited).toEqual({ code: 3, signal: null });
    await lines.return();
  });

  test("waits for the whole group, then kills it", async () => {
    const child = await start({
      command: [
        "/bin/sh",
        "-c",
        "(trap '' TERM; echo $(exec sh -c 'echo $PPID'); while :; do sleep 0.01; done) & sleep 60",
      ],
    });
    const lines = child.stdout.lines();
    const member = Number((await lines.next()).value);
    expect(processStatus(member)?.group).toBe(child.pid);
    expect(await terminateGroup(child.pid, { signal: "TERM", timeoutMs: 50 })).toBe("killed");
    expect(isProcessRunning(member)).toBe(false);
    expect(await child.exited).toEqual({ code: null, signal: "SIGTERM" });
    await lines.return();
  });

  test("a stopped process too", async () => {
    const child = await start({ command: ["/bin/sleep", "60"], stdout: "null" });
    process.kill(child.pid, "SIGSTOP");
    expect(await terminateGroup(child.pid, { signal: 15, timeoutMs: 10_000 })).toBe("graceful");
  });

  test("one that ended before, or another one under its pid", async () => {
    const child = await start({ command: ["/bin/true"], stdout: "null" });
    await child.exited;
    expect(await terminateGroup(child.pid, { signal: "TERM", timeoutMs: 0 })).toBe("already-exited");
    const other = await start({ command: ["/bin/sleep", "60"], stdout: "null" });
    const startTime = other.startTime + 1;
    expect(await terminateGroup(other.pid, { signal: "TERM", timeoutMs: 0, startTime })).toBe(
      "already-exited",
    );
    expect(isProcessRunning(other.pid, other.startTime)).toBe(true);
    expect(
      await terminateGroup(other.pid, { signal: "KILL", timeoutMs: 10_000, startTime: other.startTime }),
    ).toBe("graceful");
  });

  test.each([
    ["TERM", 15],
    ["sigint", 2],
    ["9", 9],
    [64, 64],
    ["NOPE", undefined],
    [0, undefined],
    ["65", undefined],
  ])("signal %p", (name, number) => {
    expect(signalNumber(name)).toBe(number as number);
  });
});

test("orphans are collected, our own children are not taken from the runtime", async () => {
  const program = `
    import { becomeSubreaper, reapOrphans, startProcess } from ${JSON.stringify(join(import.meta.dir, "index.ts"))};
    becomeSubreaper();
    const collected = [];
    process.on("SIGCHLD", () => collected.push(...reapOrphans()));
    const exits = [];
    for (let index = 0; index < 5; index++) {
      const child = await startProcess({
        command: ["/bin/sh", "-c", "(sleep 0.0" + index + "; exit 1) & (exit 2) & exit 7"],
        env: { PATH: process.env.PATH }, stdout: "null", stderr: "null", name: "x" });
      exits.push((await child.exited).code);
      collected.push(...reapOrphans());
    }
    while (collected.length < 10) { await Bun.sleep(5); collected.push(...reapOrphans()); }
    console.log(JSON.stringify({ exits, collected: collected.length }));
  `;
  const child = await start({ command: [process.execPath, "-e", program] });
  const lines = await all(child.stdout);
  expect(lines).toEqual([JSON.stringify({ exits: [7, 7, 7, 7, 7], collected: 10 })]);
  expect(await child.exited).toEqual({ code: 0, signal: null });
}, 20_000);
