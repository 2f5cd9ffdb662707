// A studio entered at a terminal: prompt, jobs, keys, size, exit code, and a Supervisor in it (reference/plan-build.md
// §14.3). Works on dist/hab.
import { afterAll, afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { descendantsOf } from "../../src/host/index.ts";
import { HAB } from "../binary/program.ts";
import { EVERYBODY, type Machine, openMachine, removeSharedRoot, until } from "./studio.ts";

const DEADLINE_MS = 20_000;

let machine: Machine;
afterEach(() => machine.remove());
afterAll(removeSharedRoot);

/** hab at a terminal of its own. */
function atTerminal(words: readonly string[], env: Record<string, string> = {}) {
  let screen = "";
  let wake = () => {};
  const child = Bun.spawn([...machine.as, HAB, ...words], {
    cwd: machine.source,
    env: { PATH: "/usr/bin:/bin", ...machine.env, HAB_STUDIO_SUP: "false", ...env },
    terminal: {
      cols: 100,
      rows: 30,
      data(_terminal, bytes) {
        screen += Buffer.from(bytes).toString();
        wake();
      },
    },
  });
  const shown = (pattern: RegExp, from = 0) =>
    new Promise<string>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no ${pattern} on the screen:\n${screen}`)),
        DEADLINE_MS,
      );
      wake = () => {
        const found = pattern.exec(screen.slice(from));
        if (found === null) return;
        clearTimeout(timer);
        resolve(found[0]);
      };
      wake();
    });
  return {
    child,
    shown,
    /** Types, and waits for what is to appear after it. */
    type(keys: string, pattern: RegExp) {
      const from = screen.length;
      child.terminal?.write(keys);
      return shown(pattern, from);
    },
    resize: (columns: number, rows: number) => child.terminal?.resize(columns, rows),
    hangUp: () => child.terminal?.close(),
    /** Its exit code; what is on the screen is said when it does not end. */
    async ended() {
      await until(
        () => child.exitCode !== null || child.signalCode !== null,
        () => `the end of ${words.join(" ")}, which shows:\n${screen}`,
      );
      return child.exitCode;
    },
  };
}

/** What a process has open; a descriptor that is closed while this is read is left out. */
function openFilesOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

const isRunning = (line: string) => Bun.spawnSync(["pgrep", "-f", `^${line}$`]).success;

/** Whether the process leads the foreground group of its terminal. */
function foregroundIs(line: string): boolean {
  const pid = Bun.spawnSync(["pgrep", "-f", `^${line}$`])
    .stdout.toString()
    .trim();
  if (pid === "") return false;
  const status = readFileSync(`/proc/${pid}/stat`, "latin1");
  const [, , group, , , foreground] = status
    .slice(status.lastIndexOf(")") + 1)
    .trim()
    .split(" ");
  return group === foreground;
}

const PROMPT = /\]# $/;

describe.each(EVERYBODY)("entered by %s", (who) => {
  beforeEach(() => {
    machine = openMachine(who);
  });

  test("prompt, size, Ctrl-C, jobs, exit code", async () => {
    machine.write(".studiorc", "from_studiorc=yes\n");
    const { shown, type, resize, ended } = atTerminal(["studio", "enter"]);
    expect(await shown(/\[1\]\[default:\/src:0\]# $/)).toBeTruthy();
    await type("stty size; tty; echo rc-$from_studiorc\r", /30 100\r\n\/dev\/console\r\nrc-yes\r\n.*\]# $/s);
    resize(120, 40);
    await type("stty size\r", /40 120\r\n.*\]# $/s);
    await type("sleep 4244\r", /sleep 4244\r\n/);
    await until(() => foregroundIs("sleep 4244"), "the command in the foreground");
    await type("\x03", /default:\/src:130\]# $/);
    await type("sleep 4245 &\r", /\[1\] \d+\r\n.*\]# $/s);
    await type("fg\r", /sleep 4245\r\n/);
    // In the foreground when the terminal's group is that of the process.
    await until(() => foregroundIs("sleep 4245"), "the job in the foreground");
    await type("\x1a", /Stopped.*\]# $/s);
    // Ended in the foreground: bash does not wait for a job that is stopped, and would not leave as long as there is one.
    await type("fg\r", /sleep 4245\r\n/);
    await until(() => foregroundIs("sleep 4245"), "the job in the foreground again");
    await type("\x03", /default:\/src:130\]# $/);
    await type("exit 9\r", /logout|exit/);
    expect(await ended()).toBe(9);
  });

  test("nothing in it holds the caller's terminal", async () => {
    const { shown, type, child, ended } = atTerminal(["studio", "enter"]);
    await shown(PROMPT);
    await type("sleep 4247 &\r", /\[1\] \d+\r\n.*\]# $/s);
    const terminal = readlinkSync(`/proc/${child.pid}/fd/0`);
    const inside = descendantsOf(child.pid).map(({ pid }) => pid);
    expect(inside.length).toBeGreaterThanOrEqual(3);
    for (const pid of inside) expect(openFilesOf(pid)).not.toContain(terminal);
    await type("exit\r", /logout|exit/);
    expect(await ended()).toBe(0);
  });

  test("a terminal that is gone ends it", async () => {
    const { shown, type, hangUp, ended } = atTerminal(["studio", "enter"]);
    await shown(PROMPT);
    await type("sleep 4246 &\r", /\[1\] \d+\r\n.*\]# $/s);
    hangUp();
    expect(await ended()).toBe(129);
    expect(isRunning("sleep 4246")).toBe(false);
  });
});

describe("with a Supervisor", () => {
  beforeEach(() => {
    machine = openMachine("user");
  });

  test("it starts by itself, runs a service that is loaded, and ends with the studio", async () => {
    machine.write(
      "plan/plan.sh",
      "pkg_name=ticker\npkg_origin=acme\npkg_version=1\ndo_build() { :; }\ndo_install() { :; }\n",
    );
    machine.write("plan/hooks/run", '#!/bin/bash\nwhile :; do echo "tick $(id -u)"; sleep 1; done\n');
    await machine.hab(["origin", "key", "generate", "acme"]);
    const { shown, type, ended } = atTerminal(["studio", "--no-network", "enter"], {
      HAB_STUDIO_SUP: "--no-color",
      HAB_ORIGIN: "acme",
    });
    await shown(/Running: hab sup run --no-color/);
    await shown(PROMPT);
    await type("build plan >/dev/null; echo built-$?\r", /built-0\r\n.*\]# $/s);
    await type("until hab svc status >/dev/null 2>&1; do sleep 0.1; done; echo up\r", /\nup\r\n.*\]# $/s);
    await type("hab svc load acme/ticker; echo loaded-$?\r", /loaded-0\r\n.*\]# $/s);
    await type("sup-log\r", /ticker\.default.*tick 0/);
    await type("\x03", PROMPT);
    await type("exit\r", /logout|exit/);
    await ended();
    const name = machine.source.replace(/^\//, "").replaceAll("/", "--");
    const log = readFileSync(join(machine.directory, "studios", name, "hab/sup/default/sup.log"), "utf8");
    expect(log).toContain("tick 0");
  });
});

test("a build at a terminal has one, and its log too", async () => {
  machine = openMachine("user");
  machine.write(
    "plan/plan.sh",
    'pkg_name=hello\npkg_origin=acme\npkg_version=1\ndo_build() { [[ -t 1 ]] && echo a terminal; read -r line; echo "read $line"; }\ndo_install() { :; }\n',
  );
  await machine.hab(["origin", "key", "generate", "acme"]);
  const { shown, type, ended } = atTerminal(["pkg", "build", "plan"]);
  await shown(/a terminal\r\n/);
  await type("word\r", /read word\r\n/);
  expect(await ended()).toBe(0);
});
