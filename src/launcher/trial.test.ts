// Two slots with real processes: puppets as Supervisors, one that is good and others on trial.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isProcessRunning } from "../host/index.ts";
import { HAB_WORDS } from "../host/testing/hab-program.ts";
import { connectToLauncher, PID_VARIABLE, PIPE_VARIABLE } from "./index.ts";
import { PROTOCOL_VERSION } from "./protocol.ts";
import type { Slots } from "./slots.ts";
import { Stage, type Told } from "./testing/stage.ts";

const LAUNCHER = HAB_WORDS.join(" ");
const PUPPET = resolve(import.meta.dir, "testing/puppet.ts");

const name = (release: string) => `acme/hab-sup/1.0.0/${release}`;

/** A program that tells its version, and then does what is said. */
function program(stage: Stage, release: string, does = `exec ${process.execPath} ${PUPPET} ${release} "$@"`) {
  const version = '[ "$2" = --version ] && { echo "hab-sup 2.1.78"; exit; }';
  return { name: name(release), path: stage.script(`hab-${release}`, `${version}\n${does}`) };
}

function slotsOf(stage: Stage): Slots {
  return JSON.parse(readFileSync(join(stage.root, "hab/launcher/supervisors.json"), "utf8")) as Slots;
}

function startLauncher(stage: Stage, slots: object, options: { args?: string[]; seconds?: string } = {}) {
  mkdirSync(join(stage.root, "hab/launcher"), { recursive: true });
  writeFileSync(join(stage.root, "hab/launcher/supervisors.json"), JSON.stringify(slots));
  return stage.start({
    args: options.args ?? [],
    env: {
      HAB_SUP_BINARY: "",
      HAB_LAUNCH_SUP_PROBATION_SECS: options.seconds ?? "2.5",
      HAB_LAUNCH_SUP_CONNECT_TIMEOUT_SECS: "1",
    },
  });
}

/** The release of the puppet that told this. */
const release = (told: Told) => told.args?.[0];

describe("a Supervisor on trial", () => {
  const stage = new Stage();
  let launcher: Bun.Subprocess;
  let service: { pid: number; startTime: number };
  let ups = 0;

  /** The next Supervisor that came up. */
  const nextUp = () => stage.heard("up", ++ups);

  /** Has the present Supervisor offer a program and go. */
  async function replaceBy(offer: { name: string; path: string }): Promise<void> {
    await stage.call("offer", offer);
    void stage.call("exit", 0);
  }

  /** Waits until the good one is there again, and gives why. */
  async function goneBack(from: string): Promise<string | undefined> {
    expect(release(await nextUp())).toBe("good");
    expect(isProcessRunning(service.pid, service.startTime)).toBe(true);
    const slots = slotsOf(stage);
    expect(slots).toMatchObject({ launcher: LAUNCHER, good: { name: name("good") } });
    expect(slots.trial).toBeUndefined();
    return slots.refused.find((refusal) => refusal.name === name(from))?.reason;
  }

  beforeAll(async () => {
    launcher = startLauncher(stage, { launcher: LAUNCHER, good: program(stage, "good"), refused: [] });
    const first = await nextUp();
    expect(release(first)).toBe("good");
    service = await stage.spawn("redis.default", "exec sleep 1000");
  });
  afterAll(() => stage.end());

  test("that ends at once is returned from, the service does not notice, and it is not tried again", async () => {
    const bad = program(stage, "ends", "exit 7");
    await replaceBy(bad);
    expect(await goneBack("ends")).toBe("it exited with an unexpected exit code: 7 before it served");
    await stage.shows(`Going back to ${name("good")}: ${name("ends")} did not prove itself`);
    const refusal = await stage.call("offer", bad).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "HAB-LCH-012" });
    expect(launcher.exitCode).toBeNull();
  });

  test.each([
    ["zero", "exit 0", "it exited with an unexpected exit code: 0 before it served"],
    ["failed", "exit 86", "it exited with an unexpected exit code: 86 before it served"],
    ["killed", "kill -KILL $$", "it was ended by SIGKILL before it served"],
    ["mute", "exec sleep 1000", "it did not connect within the IPC connection timeout of 1000 ms"],
  ])("that is bad is returned from: %s", async (which, does, reason) => {
    await replaceBy(program(stage, which, does));
    expect(await goneBack(which)).toBe(reason);
  });

  test("that crashes after it came to serve is returned from", async () => {
    await replaceBy(program(stage, "crashes"));
    expect(release(await nextUp())).toBe("crashes");
    await stage.call("serving");
    void stage.call("exit", 1);
    expect(await goneBack("crashes")).toBe(
      "it exited with an unexpected exit code: 1 within its time of trial",
    );
  });

  test("that leaves a service alone is returned from", async () => {
    await replaceBy(program(stage, "blind"));
    await nextUp();
    void stage.call("serving", ["redis.default"]);
    expect(await goneBack("blind")).toBe("it did not take over redis.default");
  });

  test("that hangs is returned from, though it served", async () => {
    await replaceBy(program(stage, "hangs"));
    const { pid = 0 } = await nextUp();
    await stage.call("serving");
    process.kill(pid, "SIGSTOP");
    expect(await goneBack("hangs")).toBe("it hung");
  });

  test("is not begun for what is no program, which is remembered", async () => {
    const path = join(stage.root, "spoiled");
    writeFileSync(path, "touch $FS_ROOT/ran\n", { mode: 0o755 });
    const refusal = await stage
      .call("offer", { name: name("spoiled"), path })
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: "HAB-LCH-012",
      message: expect.stringContaining("is not a program"),
    });
    expect(slotsOf(stage).refused.map((each) => each.name)).toContain(name("spoiled"));
    expect(stage.exists("ran")).toBe(false);
  });

  test("is not begun for another program, or one that fails at its version", async () => {
    for (const [which, text] of [
      ["other", "echo redis 7"],
      ["fails", "exit 3"],
    ] as const) {
      const path = stage.script(`hab-${which}`, text);
      expect(await stage.call("offer", { name: name(which), path }).catch(({ code }) => code)).toBe(
        "HAB-LCH-012",
      );
    }
  });

  test("that is spoiled before it is started is returned from", async () => {
    const later = program(stage, "later");
    await stage.call("offer", later);
    writeFileSync(later.path, "\0\0\0\0");
    void stage.call("exit", 0);
    expect(await goneBack("later")).toContain("is not a program");
  });

  test("and pardoned, may be tried again", async () => {
    await stage.call("pardon");
    expect(slotsOf(stage).refused).toEqual([]);
  });

  test("that serves may be restarted, and is the good one once its time is over", async () => {
    await replaceBy(program(stage, "next"));
    expect(release(await nextUp())).toBe("next");
    expect(await stage.call("slots")).toMatchObject({ onTrial: true, good: { name: name("good") } });
    await stage.call("serving");
    void stage.call("exit", 0);
    const second = await nextUp();
    expect(release(second)).toBe("next");
    expect(second.services?.map(({ pid }) => pid)).toEqual([service.pid]);
    await stage.call("serving");
    await stage.heard("proved");
    expect(slotsOf(stage)).toEqual({ launcher: LAUNCHER, good: program(stage, "next"), refused: [] });
    expect(await stage.call("slots")).toMatchObject({ onTrial: false });
    // From now on it is treated as any.
    process.kill(second.pid ?? 0, "SIGKILL");
    expect(release(await nextUp())).toBe("next");
    expect(isProcessRunning(service.pid, service.startTime)).toBe(true);
  });
});

describe("a launcher that starts", () => {
  let stage: Stage;
  beforeAll(() => {
    stage = new Stage();
  });
  afterAll(() => stage.end());

  test("goes on with a trial that power ended, and gives it up when that was so three times", async () => {
    const [good, bad] = [program(stage, "good"), program(stage, "bad")];
    const first = startLauncher(stage, {
      launcher: LAUNCHER,
      good,
      trial: { ...bad, starts: 2 },
      refused: [],
    });
    const trial = await stage.heard("up", 1);
    expect(release(trial)).toBe("bad");
    first.kill("SIGKILL");
    process.kill(trial.pid ?? 0, "SIGKILL");
    await first.exited;
    const slots = slotsOf(stage);
    expect(slots.trial?.starts).toBe(3);
    startLauncher(stage, slots);
    expect(release(await stage.heard("up", 2))).toBe("good");
    expect(slotsOf(stage).refused[0]?.reason).toBe("it was started 3 times and never proved itself");
  });

  test("is its own Supervisor where the good one is gone", async () => {
    const other = new Stage();
    try {
      const good = { name: name("gone"), path: join(other.root, "gone") };
      // The launcher's own program: `hab-sup run --generate-config`, which is done at once.
      const launcher = startLauncher(
        other,
        { launcher: LAUNCHER, good, refused: [] },
        { args: ["--generate-config"] },
      );
      expect(await launcher.exited).toBe(0);
      await other.shows(`Going back to the launcher's own program: ${name("gone")}`);
      await other.shows("listen_gossip = ");
    } finally {
      await other.end();
    }
  });

  test("has patience with the good one, but not for ever", async () => {
    const other = new Stage();
    try {
      const good = program(other, "weak", "echo started; exit 1");
      const launcher = startLauncher(
        other,
        { launcher: LAUNCHER, good, refused: [] },
        { args: ["--generate-config"] },
      );
      expect(await launcher.exited).toBe(0);
      await other.shows(`${name("weak")} cannot be started any more: it did not connect 3 times in a row`);
      expect(other.printed[0].split("started\n")).toHaveLength(4);
    } finally {
      await other.end();
    }
  });

  test("takes nothing where HAB_SUP_BINARY names the program", async () => {
    const other = new Stage();
    try {
      other.start();
      await other.heard("up");
      expect(await other.call("slots")).toMatchObject({ fixed: true });
      const refusal = await other.call("offer", program(other, "two")).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ message: expect.stringContaining("HAB_SUP_BINARY") });
    } finally {
      await other.end();
    }
  });
});

describe("versions that differ", () => {
  test("an older Supervisor under this launcher: what it does not know is not told", async () => {
    const stage = new Stage();
    try {
      stage.start({
        // There only when it is whole.
        supervisor: stage.script(
          "old",
          "cd $FS_ROOT; echo $HAB_LAUNCHER_PIPE > name; mv name pipe; exec sleep 1000",
        ),
      });
      while (!stage.exists("pipe")) await Bun.sleep(10);
      const path = readFileSync(join(stage.root, "pipe"), "utf8").trim();
      const answers: string[] = [];
      const all = Promise.withResolvers<void>();
      const socket = await Bun.connect({
        unix: path,
        socket: {
          data: (_, chunk) => {
            answers.push(...chunk.toString().trim().split("\n"));
            if (answers.length === 3) all.resolve();
          },
        },
      });
      for (const request of [
        { id: 1, do: "register", protocol: 2, pid: 1 },
        { id: 2, do: "serving" },
        { id: 3, do: "tomorrow" },
      ])
        socket.write(`${JSON.stringify(request)}\n`);
      await all.promise;
      socket.end();
      const told = answers.map((answer) => JSON.parse(answer) as { id: number });
      expect(told.sort((a, b) => a.id - b.id)).toMatchObject([
        { id: 1, ok: { protocol: 2 } },
        { id: 2, ok: {} },
        { id: 3, error: { code: "HAB-LCH-007" } },
      ]);
    } finally {
      await stage.end();
    }
  });

  test.each([2, PROTOCOL_VERSION + 1])("this Supervisor under a launcher of version %p", async (protocol) => {
    const stage = new Stage();
    const path = join(stage.root, "old-launcher");
    const agreed = Math.min(protocol, PROTOCOL_VERSION);
    const listener = Bun.listen({
      unix: path,
      socket: {
        data(socket, chunk) {
          for (const line of chunk.toString().trim().split("\n")) {
            const { id, do: what } = JSON.parse(line) as { id: number; do: string };
            const ok = {
              protocol: agreed,
              pid: 1,
              launcher: "/hab",
              fixed: false,
              onTrial: false,
              refused: [],
            };
            const known = what === "register" || (what === "slots" && agreed > 2);
            const error = { code: "HAB-LCH-007", message: `the unknown request "${what}"`, next: "" };
            socket.write(`${JSON.stringify({ event: "tomorrow" })}\n`);
            socket.write(`${JSON.stringify(known ? { id, ok } : { id, error })}\n`);
          }
        },
      },
    });
    const saved = [process.env[PIPE_VARIABLE], process.env[PID_VARIABLE]];
    [process.env[PIPE_VARIABLE], process.env[PID_VARIABLE]] = [path, "1"];
    try {
      const client = await connectToLauncher();
      await client.serving(["a.default"]); // refused by one that is older, which is no failure
      const slots = await client.slots();
      const offer = await client.offer({ name: "a", path: "/a" }).catch(({ code }) => code as string);
      if (protocol === 2) {
        expect(slots).toBeUndefined();
        expect(offer).toBe("HAB-LCH-011");
      } else {
        expect(slots?.launcher).toBe("/hab");
        expect(offer).toBe("HAB-LCH-007");
      }
      client.close();
    } finally {
      for (const [index, variable] of [PIPE_VARIABLE, PID_VARIABLE].entries()) {
        if (saved[index] === undefined) delete process.env[variable];
        else process.env[variable] = saved[index];
      }
      listener.stop(true);
      await stage.end();
    }
  });
});
