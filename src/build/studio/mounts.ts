// What is mounted in a studio, as steps for its process 1 (reference/plan-build.md §14.3). Pure. Two kinds: `namespaces`, a
// room closed on all sides, and `chroot`, the original's, with the machine's devices and all rights of root.
import { MOUNT, type RoomStep } from "../../host/index.ts";
import { PACKAGES_DIRECTORY } from "../../package/index.ts";
import { PROGRAM_DIRECTORY } from "./program-copy.ts";

export type StudioKind = "namespaces" | "chroot";

export interface MountPlan {
  readonly kind: StudioKind;
  /** All paths of the machine are without links on the way. */
  readonly root: string;
  /** Directory with our program (program-copy.ts). */
  readonly program: string;
  readonly source: string | undefined;
  readonly artifacts: string | undefined;
  readonly certificates: string | undefined;
  /** Ident and directory of each package that is shown. */
  readonly packages: readonly { readonly ident: string; readonly directory: string }[];
  /** `hab/pkgs` of the roots that packages may be shown from later (supply.ts). */
  readonly stores: readonly string[];
  readonly ownNetwork: boolean;
  /** Whether the group tty (5) exists in it. */
  readonly manyGroups: boolean;
  /** Path of the terminal that the program gets, on the machine. */
  readonly terminal: string | undefined;
  /** The machine's docker socket, where it has one. */
  readonly dockerSocket: string | undefined;
  /** Steps between the mounts and the moment when the machine's files are out of sight. */
  readonly files: readonly RoomStep[];
}

const UNTRUSTED = MOUNT.noSuid | MOUNT.noDev;
const DEVICES = ["null", "zero", "full", "random", "urandom", "tty"] as const;
/** Parts of /proc that change the machine. */
const PROC_READ_ONLY = ["sys", "sysrq-trigger", "irq", "bus", "fs", "scsi", "acpi"] as const;
const PROC_HIDDEN = ["kcore", "keys", "timer_list", "sched_debug", "kpagecount", "kpageflags"] as const;
/** The slots of kept directories: /proc of the studio, then the stores. */
const PROC_SLOT = 1;
export const FIRST_STORE_SLOT = 2;

/** All steps of a start, in order. */
export function studioSteps(plan: MountPlan): RoomStep[] {
  const closed = plan.kind === "namespaces";
  return [
    { kind: "root", path: plan.root, pivot: closed },
    ...(closed
      ? [{ kind: "restrict", path: "/", attributes: UNTRUSTED } as const, ...closedSteps(plan)]
      : chrootSteps(plan)),
    { kind: "directory", path: "/run", mode: 0o755 },
    { kind: "mount", type: "tmpfs", path: "/run", flags: UNTRUSTED, data: "mode=755" },
    { kind: "directory", path: "/run/lock", mode: 0o1777 },
    ...plan.files,
    ...shared(plan.source, "/src"),
    ...shared(plan.artifacts, "/hab/cache/artifacts"),
    ...shared(plan.certificates, "/hab/cache/ssl"),
    { kind: "directory", path: PROGRAM_DIRECTORY, mode: 0o755 },
    {
      kind: "bind",
      source: plan.program,
      path: PROGRAM_DIRECTORY,
      attributes: UNTRUSTED | MOUNT.readOnly,
    },
    ...plan.packages.flatMap(({ ident, directory }) => packageSteps(ident, directory)),
    ...storeSteps(plan.stores),
    { kind: "let-go", pivot: closed },
  ];
}

/** Where a studio shows what a build is compared with. */
export const CHECK_PLACE = "/run/hab-check";

/** Shows a hart, or the directory of a package, of which only `name` is told. */
export function checkSteps(given: {
  readonly path: string;
  readonly name: string;
  readonly isDirectory: boolean;
}): RoomStep[] {
  const path = `${CHECK_PLACE}/${given.name}`;
  return [
    ...(given.isDirectory
      ? [{ kind: "directory", path, mode: 0o755 } as const]
      : [
          { kind: "directory", path: CHECK_PLACE, mode: 0o755 } as const,
          { kind: "empty-file", path } as const,
        ]),
    {
      kind: "bind",
      source: given.path,
      path,
      attributes: UNTRUSTED | MOUNT.readOnly | MOUNT.noExec,
    },
  ];
}

/** Shows one package; `source` is a directory of the machine, or relative to what is kept in `slot`. */
export function packageSteps(ident: string, source: string, slot?: number): RoomStep[] {
  const path = `${PACKAGES_DIRECTORY}/${ident}`;
  return [
    { kind: "directory", path, mode: 0o755 },
    {
      kind: "bind",
      source,
      path,
      attributes: UNTRUSTED | MOUNT.readOnly,
      ...(slot !== undefined && { slot }),
    },
  ];
}

/**
 * Stores of the machine, which process 1 alone can reach: each is mounted, held, and covered by an empty directory that
 * nobody in the studio may take away.
 */
function storeSteps(stores: readonly string[]): RoomStep[] {
  return stores.flatMap((store, index): RoomStep[] => {
    const path = `/run/.store-${index}`;
    return [
      { kind: "directory", path, mode: 0o700 },
      {
        kind: "bind",
        source: store,
        path,
        recursive: true,
        attributes: UNTRUSTED | MOUNT.readOnly,
      },
      { kind: "keep", path, slot: FIRST_STORE_SLOT + index },
      {
        kind: "mount",
        type: "tmpfs",
        path,
        flags: UNTRUSTED | MOUNT.readOnly | MOUNT.noExec,
        data: "mode=000,size=4k",
      },
    ];
  });
}

function shared(source: string | undefined, path: string): RoomStep[] {
  if (source === undefined) return [];
  return [
    { kind: "directory", path, mode: 0o755 },
    // Recursive: a user namespace may not show what lies below a mount.
    { kind: "bind", source, path, recursive: true, attributes: UNTRUSTED },
  ];
}

function closedSteps({ ownNetwork, manyGroups, terminal }: MountPlan): RoomStep[] {
  const quiet = UNTRUSTED | MOUNT.noExec;
  return [
    { kind: "directory", path: "/dev", mode: 0o755 },
    { kind: "mount", type: "tmpfs", path: "/dev", flags: MOUNT.noSuid | MOUNT.noExec, data: "mode=755" },
    ...DEVICES.flatMap((name): RoomStep[] => [
      { kind: "empty-file", path: `/dev/${name}` },
      {
        kind: "bind",
        source: `/dev/${name}`,
        path: `/dev/${name}`,
        attributes: MOUNT.noSuid | MOUNT.noExec,
      },
    ]),
    { kind: "directory", path: "/dev/pts", mode: 0o755 },
    {
      kind: "mount",
      type: "devpts",
      path: "/dev/pts",
      flags: MOUNT.noSuid | MOUNT.noExec,
      data: `newinstance,ptmxmode=0666,mode=620${manyGroups ? ",gid=5" : ""}`,
    },
    { kind: "link", target: "pts/ptmx", path: "/dev/ptmx" },
    { kind: "directory", path: "/dev/shm", mode: 0o1777 },
    { kind: "mount", type: "tmpfs", path: "/dev/shm", flags: UNTRUSTED, data: "mode=1777" },
    ...(terminal === undefined
      ? []
      : ([
          { kind: "empty-file", path: "/dev/console" },
          {
            kind: "bind",
            source: terminal,
            path: "/dev/console",
            attributes: MOUNT.noSuid | MOUNT.noExec,
            optional: true,
          },
        ] as const)),
    { kind: "link", target: "/proc/self/fd", path: "/dev/fd" },
    ...["stdin", "stdout", "stderr"].map(
      (name, number): RoomStep => ({
        kind: "link",
        target: `/proc/self/fd/${number}`,
        path: `/dev/${name}`,
      }),
    ),
    { kind: "directory", path: "/proc", mode: 0o755 },
    { kind: "mount", type: "proc", path: "/proc", flags: quiet },
    { kind: "keep", path: "/proc", slot: PROC_SLOT },
    ...PROC_READ_ONLY.map(
      (name): RoomStep => ({
        kind: "bind",
        slot: PROC_SLOT,
        source: name,
        path: `/proc/${name}`,
        attributes: quiet | MOUNT.readOnly,
        optional: true,
      }),
    ),
    ...PROC_HIDDEN.map(
      (name): RoomStep => ({
        kind: "bind",
        source: "/dev/null",
        path: `/proc/${name}`,
        attributes: MOUNT.noSuid | MOUNT.noExec,
        optional: true,
      }),
    ),
    { kind: "directory", path: "/sys", mode: 0o755 },
    // Who does not own the network may not mount /sys anew.
    ownNetwork
      ? { kind: "mount", type: "sysfs", path: "/sys", flags: quiet | MOUNT.readOnly, optional: true }
      : {
          kind: "bind",
          source: "/sys",
          path: "/sys",
          recursive: true,
          attributes: quiet | MOUNT.readOnly,
          optional: true,
        },
    ...(ownNetwork ? [{ kind: "loopback" } as const] : []),
  ];
}

function chrootSteps({ dockerSocket }: MountPlan): RoomStep[] {
  return [
    ...["/dev", "/proc", "/sys"].map((path): RoomStep => ({ kind: "directory", path, mode: 0o755 })),
    { kind: "bind", source: "/dev", path: "/dev", recursive: true },
    {
      kind: "mount",
      type: "devpts",
      path: "/dev/pts",
      flags: MOUNT.noSuid | MOUNT.noExec,
      data: "gid=5,mode=620,ptmxmode=0666",
    },
    { kind: "mount", type: "proc", path: "/proc" },
    { kind: "mount", type: "sysfs", path: "/sys", optional: true },
    ...(dockerSocket === undefined
      ? []
      : ([
          { kind: "directory", path: "/var/run", mode: 0o755 },
          { kind: "empty-file", path: "/var/run/docker.sock" },
          { kind: "bind", source: dockerSocket, path: "/var/run/docker.sock" },
        ] as const)),
  ];
}
