// What `hab studio` does with its words.
import { buildErrors, recordCommand, removeStudio, type StudioWork, useStudio } from "../../build/index.ts";
import { HabError } from "../../error/index.ts";
import type { BareContext } from "../command.ts";
import { OWN_VERSION } from "../version.ts";
import { studioHelp } from "./help.ts";
import { studioReport } from "./report.ts";
import { studioPlace, studioSettings } from "./settings.ts";
import { parseStudioWords } from "./words.ts";

/** Runs the command that the words name and gives its exit code. */
export async function runStudio(words: readonly string[], context: BareContext): Promise<number> {
  const parsed = parseStudioWords(words, context.env);
  const { command, rest, env } = parsed;
  if (parsed.container) {
    const { runContainerStudio } = await import("./container.ts");
    return runContainerStudio(words, context);
  }
  switch (command) {
    case "none":
      context.stderr.write(studioHelp());
      return 1;
    case "help":
      context.stdout.write(studioHelp());
      return 0;
    case "version":
      context.stdout.write(`hab-studio ${OWN_VERSION}\n`);
      return 0;
    case "rm":
      await removeStudio(studioPlace(env));
      return 0;
    case "record": {
      const [name = "", ...line] = rest;
      const [program, ...args] = line;
      if (program === undefined) throw usage("record needs a name and a command");
      return recordCommand({ name, command: [program, ...args], env });
    }
    default: {
      const work = workOf(command, rest);
      const settings = await studioSettings({ ...context, env });
      return useStudio(settings, work, studioReport(context.ui, env));
    }
  }
}

function workOf(command: "new" | "enter" | "run" | "build", rest: readonly string[]): StudioWork {
  switch (command) {
    case "new":
    case "enter":
      if (rest.length > 0) throw usage(`${command} takes no more words: ${rest.join(" ")}`);
      return { kind: command };
    case "run":
      if (rest.length === 0) throw usage("run needs a command");
      return { kind: "run", line: rest.join(" ") };
    case "build": {
      const reuse = rest[0] === "-R";
      const words = reuse ? rest.slice(1) : rest;
      const odd = words.find((word) => word.startsWith("-"));
      if (odd !== undefined) throw usage(`Invalid option: ${odd}`);
      return { kind: "build", reuse, words: words.length === 0 ? ["."] : words };
    }
  }
}

function usage(message: string): HabError {
  return new HabError(buildErrors.studioUsage, message);
}
