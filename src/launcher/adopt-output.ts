// The output of services whose launcher was killed. Nobody reads it any more, so the next line a service prints, most likely one
// about its own shutdown, would end it by SIGPIPE. A pipe can be opened again for reading by way of the process that writes.
import { constants, openSync, readlinkSync } from "node:fs";
import { readLineBatches } from "../host/index.ts";
import type { Console } from "./console.ts";

const STREAMS = [
  [1, "stdout"],
  [2, "stderr"],
] as const;

/** Reads and prints what a service process writes from now on. What it has been written already and unread is lost. */
export function adoptOutput(group: string, pid: number, console: Console): void {
  for (const [descriptor, stream] of STREAMS) {
    const path = `/proc/${pid}/fd/${descriptor}`;
    let pipe: number;
    try {
      if (!readlinkSync(path).startsWith("pipe:")) continue;
      pipe = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch {
      continue; // it has just ended, or is another user's
    }
    void print(group, stream, pipe, console);
  }
}

async function print(
  group: string,
  stream: "stdout" | "stderr",
  pipe: number,
  console: Console,
): Promise<void> {
  try {
    for await (const lines of readLineBatches(pipe)) await console.serviceLines(group, stream, lines);
  } catch {
    // Its lines are lost; the service is about to end.
  }
}
