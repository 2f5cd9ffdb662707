// What is in a container image beside packages: commands in /bin, accounts, name service, and the script that starts the
// service (reference/plan-build.md §17.3).
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { InstalledPackage, TarMember } from "../package/index.ts";
import { accountsFor, groupText, passwdText } from "./accounts.ts";
import { directory, file, link } from "./members.ts";

export interface ContainerContent {
  /** The service that runs when nothing else is asked for. */
  readonly primary: InstalledPackage;
  /** What is asked to run: an ident as the user typed it, or `origin/name` of a hart. */
  readonly primaryIdent: string;
  /** In the order they were named. */
  readonly packages: readonly InstalledPackage[];
  readonly shell: InstalledPackage;
  readonly certificates: InstalledPackage | undefined;
  /** Absolute path of `hab` in the image. */
  readonly hab: string;
}

/** Members in their order: directories before what they hold. */
export function containerFiles(content: ContainerContent): TarMember[] {
  const accounts = accountsFor(content.primary.svcUser, content.primary.svcGroup);
  const { certificates } = content;
  return [
    directory(".hab", 0o770),
    directory(".hab/cache", 0o770),
    directory(".hab/cache/keys", 0o770),
    directory("bin"),
    ...[...commandLinks(content)].map(([name, target]) => link(`bin/${name}`, target)),
    directory("etc"),
    file("etc/group", groupText(accounts)),
    file(
      "etc/nsswitch.conf",
      "passwd:     files\ngroup:      files\nshadow:     files\nhosts:      files dns\n",
    ),
    file("etc/passwd", passwdText(accounts)),
    file("etc/resolv.conf", "nameserver 8.8.8.8\nnameserver 8.8.4.4\n"),
    ...(certificates === undefined ? [] : [link("etc/ssl", insidePath(certificates, "ssl"))]),
    // What the Supervisor fills: writable for root's group, whatever user the container runs as.
    ...["hab", "hab/cache", "hab/cache/artifacts", "hab/cache/keys", "hab/sup", "hab/svc"].map((name) =>
      directory(name, 0o775),
    ),
    file("init.sh", initScript(content), 0o755),
    directory("root", 0o750),
    directory("tmp", 0o1777),
    directory("var"),
    directory("var/tmp", 0o1777),
  ];
}

/** Name in /bin → target, sorted. Later ones win: the shell's, hab, then what the user named. */
function commandLinks({ packages, shell, hab }: ContainerContent): Map<string, string> {
  const links = new Map<string, string>();
  const add = (pkg: InstalledPackage) => {
    for (const entry of pkg.pathEntries)
      for (const name of commandsIn(join(pkg.root, entry))) links.set(name, `${entry}/${name}`);
  };
  add(shell);
  links.set("hab", hab);
  for (const pkg of packages) add(pkg);
  return new Map([...links].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function commandsIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    // A directory of PATH that the package does not have.
    return [];
  }
}

/** A path in a package, as it is named inside. */
export function insidePath(pkg: InstalledPackage, ...parts: string[]): string {
  return join("/hab/pkgs", pkg.toString(), ...parts);
}

function initScript({ shell, primaryIdent }: ContainerContent): string {
  const interpreter = shell.pathEntries[0] ?? insidePath(shell, "bin");
  return `#!${interpreter}/sh
export PATH=/bin
case "$1" in
  -h|--help|help|-V|--version) exec /bin/hab sup "$@" ;;
  -*) exec /bin/hab sup run ${primaryIdent} "$@" ;;
  *) exec /bin/hab sup "$@" ;;
esac
`;
}
