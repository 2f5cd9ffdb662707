// The bash half of the build program as one text: definitions first, then the build itself. Plans are bash and may
// replace any function in it, so it has to be one long-lived bash (reference/plan-build.md §1).

import attach from "./program/attach.bash" with { type: "text" };
import debian from "./program/debian.bash" with { type: "text" };
import dependencies from "./program/dependencies.bash" with { type: "text" };
import environment from "./program/environment.bash" with { type: "text" };
import failures from "./program/failures.bash" with { type: "text" };
import guard from "./program/guard.bash" with { type: "text" };
import main from "./program/main.bash" with { type: "text" };
import messages from "./program/messages.bash" with { type: "text" };
import metadata from "./program/metadata.bash" with { type: "text" };
import phases from "./program/phases.bash" with { type: "text" };
import results from "./program/results.bash" with { type: "text" };
import sources from "./program/sources.bash" with { type: "text" };
import version from "./program/version.bash" with { type: "text" };

/** The whole program. */
export const PROGRAM_TEXT: string = [
  guard,
  messages,
  failures,
  sources,
  debian,
  dependencies,
  environment,
  version,
  phases,
  metadata,
  results,
  attach,
  main,
].join("\n");

/** The name it goes by in messages and in `$THIS_PROGRAM`. */
export const PROGRAM_NAME = "hab-plan-build";
