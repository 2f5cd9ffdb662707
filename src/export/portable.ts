// `hab pkg export systemd`: a service and all it needs as a portable service of systemd: a directory with an operating
// system's files and a unit (systemd's "Portable Services Introduction"; systemd.exec(5), RootDirectory=). It needs nothing of
// the host but systemd and the kernel.
import { mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { HabError } from "../error/index.ts";
import { isPresent, isRegularFile } from "../host/index.ts";
import type { InstalledPackage, TarMember } from "../package/index.ts";
import { explained, writeTar } from "./archive.ts";
import { askedFor, certificatesOf, habOf, SHELL_PACKAGE } from "./base.ts";
import { containerFiles } from "./container-files.ts";
import { exportErrors } from "./errors.ts";
import { directory, file, link, packageMembers } from "./members.ts";
import { ExportRoot, type RootOptions } from "./root.ts";
import { writeTree } from "./tree.ts";
import { WorkDirectory } from "./work-directory.ts";

export interface PortableOptions extends RootOptions {
  readonly source: string;
  /** Packages to take hab from; without any it is this very program. */
  readonly habPackages: readonly string[];
  readonly form: "archive" | "directory";
  readonly destination: (primary: InstalledPackage) => string;
  readonly onStep: (step: string) => void;
  readonly onMissing: (what: string, why: string) => void;
}

export interface ExportedPortable {
  readonly path: string;
  readonly ident: string;
  /** Name of the unit in it. */
  readonly unit: string;
}

/** Exports. It appears whole or not at all. Throws HAB-EXP-001, 003, 004, 007, 008 and those of installing. */
export async function exportPortable(options: PortableOptions): Promise<ExportedPortable> {
  using root = new ExportRoot(options);
  const primary = await root.install(options.source);
  if (!primary.isRunnable) throw new HabError(exportErrors.noService, `${primary} has no run hook`);
  const shell = await root.installBase(SHELL_PACKAGE);
  const certificates = await certificatesOf(root, options.onMissing, options.signal);
  const { hab, members: habMembers } = await habOf(root, options.habPackages);
  const asked = askedFor(options.source, primary);
  const { name } = primary.ident;
  const files = containerFiles({
    primary,
    primaryIdent: asked,
    packages: [primary],
    shell,
    certificates,
    hab,
  });
  // The host's own take these places while the service runs.
  const replaced = new Set(["etc/resolv.conf", "init.sh"]);
  const members = [
    ...files.filter((member) => !replaced.has(member.name)),
    ...habMembers,
    file("etc/machine-id", ""),
    file("etc/resolv.conf", ""),
    ...["dev", "proc", "run", "sys", "usr", "usr/lib", "usr/lib/systemd", "usr/lib/systemd/system"].map(
      (each) => directory(each),
    ),
    link("usr/bin", "/bin"),
    file("usr/lib/os-release", osRelease(primary)),
    file(`usr/lib/systemd/system/${name}.service`, unit(primary, hab, asked)),
    ...packageMembers(root.directory, root.packages()),
  ];

  const path = options.destination(primary);
  options.onStep(path);
  mkdirSync(dirname(path), { recursive: true });
  if (options.form === "archive") await writeTar({ path, members, compressed: true, signal: options.signal });
  else placeTree(members, path);
  return { path, ident: primary.toString(), unit: `${name}.service` };
}

/** The tree, whole or not at all; an earlier export is replaced. */
function placeTree(members: readonly TarMember[], path: string): void {
  if (isPresent(path) && !isRegularFile(join(path, "usr/lib/os-release")))
    throw new HabError(exportErrors.targetExists, `${path} is there and is no earlier export`);
  try {
    using work = new WorkDirectory(dirname(path));
    writeTree(members, join(work.path, "tree"));
    if (isPresent(path)) renameSync(path, join(work.path, "old"));
    renameSync(join(work.path, "tree"), path);
  } catch (error) {
    throw explained(error, path);
  }
}

function osRelease({ ident }: InstalledPackage): string {
  const text = `${ident.origin}/${ident.name} ${ident.version}`;
  return [
    "ID=habitat",
    'NAME="Habitat"',
    `PRETTY_NAME="${text}"`,
    `VERSION_ID="${ident.version}"`,
    `BUILD_ID=${ident.release}`,
    `PORTABLE_PREFIXES=${ident.name}`,
    "",
  ].join("\n");
}

/** What the Supervisor and the service write is the host's, below /var/lib. */
function unit({ ident }: InstalledPackage, hab: string, asked: string): string {
  const state = `hab-${ident.name}`;
  const kept = ["cache", "sup", "svc"];
  return `[Unit]
Description=${ident.origin}/${ident.name}, run by Habitat
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
NotifyAccess=exec
ExecStart=${hab} sup run ${asked}
ExecReload=${hab} hab-launch reload
KillMode=process
ExecStopPost=-${hab} hab-launch sweep
Environment=PATH=/bin HAB_LICENSE=accept-no-persist
UMask=0022
StateDirectory=${[state, ...kept.map((each) => `${state}/${each}`)].join(" ")}
BindPaths=${kept.map((each) => `/var/lib/${state}/${each}:/hab/${each}`).join(" ")}
MountAPIVFS=yes
PrivateTmp=yes
TimeoutStartSec=15min
TimeoutStopSec=90
WatchdogSec=60
Restart=on-failure
RestartSec=2
RestartPreventExitStatus=86
TasksMax=infinity
OOMPolicy=continue
NoNewPrivileges=yes

[Install]
WantedBy=multi-user.target
`;
}
