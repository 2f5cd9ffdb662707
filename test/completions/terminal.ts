// A shell at a pseudo-terminal, as a person has it: keys go in, and what the line then holds comes out.
import { spawn } from "node:child_process";

const DEADLINE_MS = 20_000;

export interface Terminal {
  /** Types keys and waits until the screen has shown `marker` once more. */
  type(keys: string, marker: string): Promise<void>;
  /** All that was on the screen. */
  readonly screen: string;
  end(): Promise<void>;
}

/** Starts `command` (a line of sh) at a terminal; ready when it has shown `marker`. */
export async function openTerminal(
  command: string,
  options: { readonly cwd: string; readonly env: Record<string, string>; readonly marker: string },
): Promise<Terminal> {
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    cwd: options.cwd,
    env: { TERM: "xterm", ...options.env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let screen = "";
  let wake = () => {};
  child.stdout.on("data", (bytes: Buffer) => {
    screen += bytes.toString("utf8");
    wake();
  });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const shown = (marker: string, from: number) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no ${marker} on the screen:\n${screen}`)),
        DEADLINE_MS,
      );
      wake = () => {
        if (!screen.includes(marker, from)) return;
        clearTimeout(timer);
        resolve();
      };
      wake();
    });
  await shown(options.marker, 0);
  return {
    async type(keys, marker) {
      const from = screen.length;
      child.stdin.write(keys);
      await shown(marker, from);
    },
    get screen() {
      return screen;
    },
    async end() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
