// Keys of origins that a studio is given: the newest secret key, which must be there, and the newest public one
// (reference/plan-build.md §14.3).
import { readFileSync } from "node:fs";
import type { KeyCache, NamedRevision } from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import type { RoomStep } from "../../host/index.ts";
import { buildErrors } from "../errors.ts";

const INSIDE = "/hab/cache/keys";

export interface KeyReport {
  importing(origin: string, which: "secret" | "public"): void;
  withoutKeys(): void;
}

/** Steps that put them there. Throws HAB-BLD-081. */
export function keySteps(origins: readonly string[], cache: KeyCache, report: KeyReport): RoomStep[] {
  if (origins.length === 0) report.withoutKeys();
  return origins.flatMap((origin) => {
    const [secret] = cache.revisions("origin-secret", origin).reverse();
    if (secret === undefined)
      throw new HabError(
        buildErrors.studioKeyMissing,
        `there is no secret key of the origin '${origin}' in ${cache.directory}`,
        { next: `Make one: hab origin key generate ${origin}; or import it: hab origin key import.` },
      );
    report.importing(origin, "secret");
    const steps = [copy(cache, "origin-secret", secret)];
    const [open] = cache.revisions("origin-public", origin).reverse();
    if (open !== undefined) {
      report.importing(origin, "public");
      steps.push(copy(cache, "origin-public", open));
    }
    return steps;
  });
}

function copy(cache: KeyCache, kind: "origin-secret" | "origin-public", id: NamedRevision): RoomStep {
  const path = cache.pathOf(kind, id);
  const name = path.slice(path.lastIndexOf("/") + 1);
  return {
    kind: "file",
    path: `${INSIDE}/${name}`,
    text: readFileSync(path, "utf8"),
    mode: kind === "origin-secret" ? 0o400 : 0o444,
  };
}
