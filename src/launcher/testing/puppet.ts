// A Supervisor for the launcher's tests: a real process under a real launcher, doing what the test tells it over a
// socket of its own. Run by Bun with PUPPET_SOCKET set.
import { connectToLauncher } from "../index.ts";

const launcher = await connectToLauncher();
let whenAsked: "stop" | "exit" | "ignore" = "stop";

const test = await Bun.connect({
  unix: process.env["PUPPET_SOCKET"] ?? "",
  socket: {
    data: (_, chunk) => chunk.toString().trim().split("\n").forEach(obey),
    close: () => process.exit(0),
  },
});

function say(message: object): void {
  test.write(`${JSON.stringify(message)}\n`);
}

async function obey(line: string): Promise<void> {
  const { id, call, args } = JSON.parse(line) as { id: number; call: string; args: unknown[] };
  try {
    say({ id, result: (await perform(call, args)) ?? null });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    say({ id, error: { code, message } });
  }
}

async function perform(call: string, args: unknown[]): Promise<unknown> {
  switch (call) {
    case "spawn":
      return launcher.spawn(args[0] as never);
    case "terminate":
      return launcher.terminate(args[0] as number, args[1] as string, args[2] as number);
    case "services":
      return launcher.services();
    case "serving":
      return launcher.serving((args[0] as string[] | undefined) ?? []);
    case "slots":
      return launcher.slots();
    case "offer":
      return launcher.offer(args[0] as never);
    case "pardon":
      return launcher.pardon();
    case "whenAsked":
      whenAsked = args[0] as typeof whenAsked;
      return undefined;
    case "exit":
      return process.exit(args[0] as number);
    default:
      throw new Error(call);
  }
}

process.on("SIGHUP", () => say({ event: "hangup" }));
launcher.listen({
  exited: (exit) => say({ event: "exited", ...exit }),
  lost: () => say({ event: "lost" }),
  proved: () => say({ event: "proved" }),
  async shutdown() {
    say({ event: "shutdown" });
    if (whenAsked === "ignore") return;
    if (whenAsked === "stop") for (const { pid } of await launcher.services()) await launcher.terminate(pid);
    // What is still to be told goes out first.
    setImmediate(() => process.exit(0));
  },
});
say({ event: "up", pid: process.pid, args: process.argv.slice(2), services: await launcher.services() });
