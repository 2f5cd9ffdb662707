// Directories and files of a studio's root when it is made (reference/plan-build.md §14.3).
import type { RoomStep } from "../../host/index.ts";
import profile from "./profile.bash" with { type: "text" };
import profileDefault from "./profile-default.bash" with { type: "text" };
import profileEnter from "./profile-enter.bash" with { type: "text" };
import { PROGRAM_DIRECTORY } from "./program-copy.ts";
import { STUDIO_TYPES, type StudioType } from "./types.ts";

const DIRECTORIES: readonly (readonly [string, number])[] = [
  ...["bin", "etc", "home", "lib", "mnt", "opt", "sbin", "var", "dev", "proc", "sys", "run", "src"].map(
    (name) => [`/${name}`, 0o755] as const,
  ),
  ["/root", 0o750],
  ["/tmp", 0o1777],
  ["/var/tmp", 0o1777],
  ...["bin", "include", "lib", "libexec", "sbin"].map((name) => [`/usr/${name}`, 0o755] as const),
  ...["doc", "info", "locale", "man", "misc", "terminfo", "zoneinfo"].map(
    (name) => [`/usr/share/${name}`, 0o755] as const,
  ),
  ...Array.from({ length: 8 }, (_, index) => [`/usr/share/man/man${index + 1}`, 0o755] as const),
  ...["log", "mail", "spool", "opt", "cache", "local", "run", "lib/color", "lib/misc", "lib/locate"].map(
    (name) => [`/var/${name}`, 0o755] as const,
  ),
  ["/hab/bin", 0o755],
  ["/hab/pkgs", 0o755],
  ["/hab/cache/keys", 0o755],
  ["/hab/cache/src", 0o755],
  ["/hab/cache/artifacts", 0o755],
  ["/hab/cache/ssl", 0o755],
];

const GROUPS = `root:x:0:
bin:x:1:
sys:x:2:
kmem:x:3:
tape:x:4:
tty:x:5:
daemon:x:6:
floppy:x:7:
disk:x:8:
lp:x:9:
dialout:x:10:
audio:x:11:
video:x:12:
utmp:x:13:
usb:x:14:
cdrom:x:15:
adm:x:16:
messagebus:x:18:
systemd-journal:x:23:
input:x:24:
mail:x:34:
nogroup:x:99:
users:x:999:
hab:x:42:hab
`;

const ACCOUNTS = (shell: string) => `root:x:0:0:root:/root:${shell}
bin:x:1:1:bin:/dev/null:/bin/false
daemon:x:6:6:Daemon User:/dev/null:/bin/false
messagebus:x:18:18:D-Bus Message Daemon User:/var/run/dbus:/bin/false
nobody:x:99:99:Unprivileged User:/dev/null:/bin/false
hab:x:42:42:root:/:/bin/sh
`;

const SWITCH = "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nnetworks: files\n";

/** Keys of readline that terminals send and its defaults do not know. */
const INPUT = `set meta-flag On
set input-meta On
set convert-meta Off
set output-meta On
"\\eOd": backward-word
"\\eOc": forward-word
"\\e[1~": beginning-of-line
"\\e[4~": end-of-line
"\\e[3~": delete-char
"\\eOH": beginning-of-line
"\\eOF": end-of-line
"\\e[H": beginning-of-line
"\\e[F": end-of-line
`;

/** Steps that fill an empty root. */
export function layoutSteps(type: StudioType): RoomStep[] {
  const { builds, hasSupervisor, records } = STUDIO_TYPES[type];
  const steps: RoomStep[] = DIRECTORIES.map(([path, mode]) => ({ kind: "directory", path, mode }));
  steps.push(
    link("/run/lock", "/var/lock"),
    link("/proc/self/mounts", "/etc/mtab"),
    file("/etc/passwd", ACCOUNTS(builds ? "/bin/bash" : "/bin/sh")),
    file("/etc/group", GROUPS),
    file("/etc/inputrc", INPUT),
  );
  if (process.arch === "x64") steps.push(link("lib", "/lib64"), link("lib", "/usr/lib64"));
  if (!builds) return [...steps, file("/etc/profile", "cd /src 2>/dev/null || cd /\n")];
  const recordsBuild = records ? "" : '_record_build() { "$@"; }\n';
  steps.push(file("/etc/profile", profile + recordsBuild + (hasSupervisor ? profileDefault : "")));
  if (hasSupervisor) steps.push(file("/etc/profile.enter", profileEnter));
  return steps;
}

/** Steps of every start that lead to the tools of now. `shell` is a path in the studio. */
export function toolSteps(type: StudioType, shell: string): RoomStep[] {
  const steps = [link(`${PROGRAM_DIRECTORY}/hab`, "/hab/bin/hab"), link(shell, "/bin/sh")];
  if (!STUDIO_TYPES[type].builds) return steps;
  const build = `#!${shell}\nexec /hab/bin/hab pkg build --no-studio "$@"\n`;
  return [...steps, link(shell, "/bin/bash"), file("/hab/bin/build", build, 0o755)];
}

function file(path: string, text: string, mode = 0o644): RoomStep {
  return { kind: "file", path, text, mode };
}

function link(target: string, path: string): RoomStep {
  return { kind: "link", target, path };
}

/** Steps of every start that tell what the network needs: the machine's of now. */
export function freshSteps(hosts: string, resolver: string): RoomStep[] {
  return [
    { kind: "file", path: "/etc/nsswitch.conf", text: SWITCH, mode: 0o644 },
    { kind: "file", path: "/etc/hosts", text: hosts, mode: 0o644 },
    { kind: "file", path: "/etc/resolv.conf", text: resolver, mode: 0o644 },
  ];
}
