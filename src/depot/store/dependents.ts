// Who depends on a package: every package whose TDEPS hold any release of it (reference/depot-api.md §6).
import type { Caller } from "../roles.ts";
import type { Queries } from "./database.ts";
import { isVisible } from "./visibility.ts";

export interface Dependent {
  readonly origin: string;
  readonly name: string;
}

/** Packages of any origin and target that depend on a release of `origin`/`name` for `target`, without regard to who asks. */
function dependentsQuery(db: Queries, origin: string, name: string, target: string) {
  return db
    .selectFrom("packages")
    .innerJoin("package_dependencies", "package_dependencies.package_id", "packages.id")
    .where("package_dependencies.origin", "=", origin)
    .where("package_dependencies.name", "=", name)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("packages as needed")
          .select("needed.id")
          .whereRef("needed.ident", "=", "package_dependencies.ident")
          .where("needed.target", "=", target),
      ),
    );
}

/** Whether anything depends on it, be it visible to whoever asks or not. */
export async function hasDependents(
  db: Queries,
  origin: string,
  name: string,
  target: string,
): Promise<boolean> {
  const row = await dependentsQuery(db, origin, name, target)
    .select("packages.id")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Names of dependents, in order. Compat: those of origins whose packages are not public unless said otherwise are left
 * out for whoever is no member there. Beyond it, a package nobody may see makes no dependent visible.
 */
export async function dependentsOf(
  db: Queries,
  origin: string,
  name: string,
  target: string,
  caller: Caller | undefined,
): Promise<Dependent[]> {
  return await dependentsQuery(db, origin, name, target)
    .innerJoin("origins", "origins.name", "packages.origin")
    .select(["packages.origin", "packages.name"])
    .distinct()
    .where(isVisible(caller, { andOriginPublic: true }))
    .orderBy("packages.origin")
    .orderBy("packages.name")
    .execute();
}
