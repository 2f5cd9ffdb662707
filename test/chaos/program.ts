// The program that is put to the test.
import { join, resolve } from "node:path";

const DIRECTORY = resolve(import.meta.dir, "../../dist");

export const HAB = join(DIRECTORY, "hab");

/** What it needs to run in `directory`, and nothing of who started us. */
export function environmentIn(directory: string): Record<string, string> {
  return {
    PATH: `${DIRECTORY}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: join(directory, "home"),
    HAB_LICENSE: "accept-no-persist",
    NO_COLOR: "1",
  };
}
