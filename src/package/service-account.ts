// Whom a package's hooks and processes run as (reference/services.md §3).
import { HabError } from "../error/index.ts";
import {
  canRunAsOtherUser,
  type Identity,
  lookupGroup,
  lookupUser,
  supplementaryGroups,
} from "../host/index.ts";
import { packageErrors } from "./errors.ts";
import type { InstalledPackage } from "./installed.ts";

/** Names as the package or the system gives them; whether they exist is asked when it matters. */
export interface ServiceAccount {
  readonly user: string;
  readonly group: string;
}

/** SVC_USER and SVC_GROUP where the package has both; else hab:hab where both exist; else ourselves. */
export function serviceAccount(pkg: InstalledPackage): ServiceAccount {
  const { svcUser: user, svcGroup: group } = pkg;
  if (user !== undefined && group !== undefined) return { user, group };
  if (lookupUser("hab") !== undefined && lookupGroup("hab") !== undefined)
    return { user: "hab", group: "hab" };
  return ownAccount();
}

/** The names of this process's user and group; their numbers where nobody has named them. */
export function ownAccount(): ServiceAccount {
  const uid = process.geteuid?.() ?? 0;
  const gid = process.getegid?.() ?? 0;
  return { user: lookupUser(uid)?.name ?? String(uid), group: lookupGroup(gid)?.name ?? String(gid) };
}

/**
 * Whom to become for the account; undefined where we cannot become anybody. Throws HAB-PKG-042 when the user or group
 * does not exist.
 */
export function serviceIdentity({ user, group }: ServiceAccount): Identity | undefined {
  if (!canRunAsOtherUser()) return undefined;
  const foundUser = lookupUser(user);
  if (foundUser === undefined) throw missing("user", user);
  const foundGroup = lookupGroup(group);
  if (foundGroup === undefined) throw missing("group", group);
  return {
    uid: foundUser.uid,
    gid: foundGroup.gid,
    groups: supplementaryGroups(foundUser.name, foundGroup.gid),
  };
}

function missing(kind: "user" | "group", name: string): HabError {
  return new HabError(
    packageErrors.serviceAccountMissing,
    `the package requires the ${kind} ${name}, which does not exist`,
  );
}
