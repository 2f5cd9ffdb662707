// Every command there is: its words, and how to get its module. One line a command, sorted; lines are independent so
// that several people can add theirs at once (.gitattributes merges this file line by line).
import type { Command } from "./command.ts";

export type LoadCommand = () => Promise<{ readonly command: Command }>;

export const commands: Readonly<Record<string, LoadCommand>> = {
  "license accept": () => import("./license/accept.ts"),
  "plan render": () => import("./plan/render.ts"),
};
