// Users and groups of an image: those the primary service runs as, and hab (reference/plan-build.md §17.3).

/** User and group id of the account the service runs as. */
export const SERVICE_ID = 42;
/** Id of the additional hab account. */
export const HAB_ID = 84;

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

export interface Accounts {
  readonly users: readonly Account[];
  readonly groups: readonly Group[];
}

/** What is added to those every system has, for a service of this user and group. */
export function accountsFor(user = "hab", group = "hab"): Accounts {
  const users: Account[] = [];
  const groups: Group[] = [];
  if (user === "root") {
    users.push({ name: "hab", uid: HAB_ID, gid: group === "hab" ? SERVICE_ID : HAB_ID });
    if (group === "hab") groups.push({ name: "hab", gid: SERVICE_ID, members: ["hab"] });
    else {
      if (group !== "root") groups.push({ name: group, gid: SERVICE_ID, members: [] });
      groups.push({ name: "hab", gid: HAB_ID, members: ["hab"] });
    }
  } else if (user === "hab") {
    users.push({ name: "hab", uid: SERVICE_ID, gid: group === "root" ? HAB_ID : SERVICE_ID });
    if (group === "root") groups.push({ name: "hab", gid: HAB_ID, members: ["hab"] });
    else groups.push({ name: group, gid: SERVICE_ID, members: ["hab"] });
  } else {
    users.push({ name: user, uid: SERVICE_ID, gid: group === "root" ? 0 : SERVICE_ID });
    users.push({ name: "hab", uid: HAB_ID, gid: HAB_ID });
    // A group root would take the place of the real one.
    if (group === "hab") groups.push({ name: "hab", gid: SERVICE_ID, members: [user] });
    else if (group !== "root") groups.push({ name: group, gid: SERVICE_ID, members: [user] });
    if (group !== "hab") groups.push({ name: "hab", gid: HAB_ID, members: ["hab"] });
  }
  return { users, groups };
}

const PASSWD = [
  "root:x:0:0:root:/root:/bin/sh",
  "bin:x:1:1:bin:/dev/null:/bin/false",
  "daemon:x:6:6:Daemon User:/dev/null:/bin/false",
  "nobody:x:65534:65534:Unprivileged User:/dev/null:/bin/false",
];

const GROUP = [
  "root:x:0:",
  "bin:x:1:",
  "sys:x:2:",
  "kmem:x:3:",
  "tape:x:4:",
  "tty:x:5:",
  "daemon:x:6:",
  "disk:x:8:",
  "adm:x:16:",
  "users:x:999:",
  "nogroup:x:65534:",
];

/** Text of `/etc/passwd`. */
export function passwdText({ users }: Accounts): string {
  const lines = users.map(({ name, uid, gid }) => `${name}:x:${uid}:${gid}:${name} User:/:/bin/false`);
  return [...PASSWD, ...lines, ""].join("\n");
}

/** Text of `/etc/group`. */
export function groupText({ groups }: Accounts): string {
  const lines = groups.map(({ name, gid, members }) => `${name}:x:${gid}:${members.join(",")}`);
  return [...GROUP, ...lines, ""].join("\n");
}
