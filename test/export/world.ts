// Packages by hand for the tests of exports: a C library that is only a name, a shell, a library and a service, as harts in the
// artifact cache of a root. There is no depot.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { KeyCache } from "../../src/crypto/index.ts";
import { writeArchive } from "../../src/package/index.ts";
import { type Ended, HAB, run } from "../binary/program.ts";

export const RELEASE = "20260101000000";
/** When the release was made, seconds since 1970. */
export const RELEASE_SECONDS = Date.UTC(2026, 0, 1) / 1000;

interface PackageParts {
  readonly files: Readonly<Record<string, string>>;
  readonly deps?: readonly string[];
  readonly links?: Readonly<Record<string, string>>;
}

const ident = (name: string) => `${name}/1.0/${RELEASE}`;
const inside = (name: string, path: string) => `/hab/pkgs/${ident(name)}/${path}`;

const PACKAGES: Readonly<Record<string, PackageParts>> = {
  "core/glibc": {
    files: { "lib/ld-linux-x86-64.so.2": "loader", LD_RUN_PATH: inside("core/glibc", "lib") },
  },
  "core/busybox-static": {
    files: { "bin/busybox": "shell", PATH: inside("core/busybox-static", "bin") },
    links: { "bin/sh": "busybox", "bin/ls": "busybox" },
  },
  // Stands for this program, which is large.
  "chef/hab": { files: { "bin/hab": "#!/bin/sh\n" } },
  "core/cacerts": { files: { "ssl/cert.pem": "certificates" } },
  "acme/lib": { files: { "lib/libacme.so": "library" }, deps: ["core/glibc"] },
  "acme/web": {
    files: {
      "bin/web": "program",
      "bin/ls": "another ls",
      "hooks/run": "#!/bin/sh\nexec web\n",
      PATH: inside("acme/web", "bin"),
      SVC_USER: "web",
      SVC_GROUP: "team",
      EXPOSES: "80 443",
      "share/\u00fcml\u00e4ut": "a name",
    },
    deps: ["acme/lib"],
  },
};

export class ExportWorld {
  readonly directory = mkdtempSync(join(tmpdir(), "hab-export-test-"));
  readonly env: Record<string, string> = {
    FS_ROOT: join(this.directory, "root"),
    HAB_CACHE_KEY_PATH: join(this.directory, "root/hab/cache/keys"),
    HOME: join(this.directory, "home"),
    HAB_LICENSE: "accept-no-persist",
    HAB_NOCOLORING: "true",
    // Nothing listens there.
    HAB_BLDR_URL: "http://127.0.0.1:1",
    HAB_PKG_EXPORT_CONTAINER_ENGINE: "none",
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
  };

  static async make(): Promise<ExportWorld> {
    const world = new ExportWorld();
    await world.run("origin", "key", "generate", "core");
    await world.run("origin", "key", "generate", "acme");
    await world.run("origin", "key", "generate", "chef");
    for (const [name, parts] of Object.entries(PACKAGES)) await world.#pack(name, parts);
    return world;
  }

  async run(...words: readonly string[]): Promise<Ended> {
    return this.runIn(this.directory, ...words);
  }

  async runIn(cwd: string, ...words: readonly string[]): Promise<Ended> {
    mkdirSync(cwd, { recursive: true });
    return run([HAB, ...words], { env: this.env, cwd });
  }

  /** Path of a package's hart. */
  hart(name: string): string {
    return join(this.env["FS_ROOT"] as string, "hab/cache/artifacts", this.#fileName(name));
  }

  /** A release made out of place, so that the export says what is installed where. */
  installedOn(root: string, name: string): void {
    cpSync(join(this.directory, "made/hab/pkgs", ident(name)), join(root, "hab/pkgs", ident(name)), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #fileName(name: string): string {
    return `${name.replace("/", "-")}-1.0-${RELEASE}-x86_64-linux.hart`;
  }

  async #pack(name: string, { files, deps = [], links = {} }: PackageParts): Promise<void> {
    const root = join(this.directory, "made");
    const home = join(root, "hab/pkgs", ident(name));
    const put = (path: string, text: string) => {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      const mode = /^(bin|hooks)\//.test(path) ? 0o755 : 0o644;
      writeFileSync(join(home, path), text, { mode });
    };
    for (const [path, text] of Object.entries(files)) put(path, text);
    for (const [path, target] of Object.entries(links)) symlinkSync(target, join(home, path));
    put("IDENT", `${ident(name)}\n`);
    put("TARGET", "x86_64-linux\n");
    put("MANIFEST", `# ${name}\n`);
    const all = transitive(deps);
    if (deps.length > 0) put("DEPS", `${deps.map(ident).join("\n")}\n`);
    if (all.length > 0) put("TDEPS", `${all.map(ident).join("\n")}\n`);
    mkdirSync(dirname(this.hart(name)), { recursive: true });
    const keys = new KeyCache(this.env["HAB_CACHE_KEY_PATH"] as string);
    await writeArchive({
      directory: home,
      root,
      destination: this.hart(name),
      key: keys.latest("origin-secret", name.split("/")[0] as string),
      epochSeconds: RELEASE_SECONDS,
    });
    if (!name.startsWith("acme/")) this.installedOn(this.env["FS_ROOT"] as string, name);
  }
}

function transitive(deps: readonly string[]): string[] {
  return deps.flatMap((each) => [each, ...transitive(PACKAGES[each]?.deps ?? [])]);
}

/** Members of a tar archive: name → first line of `tar -tv`. */
export async function listing(archive: string): Promise<Map<string, string>> {
  const { stdout } = await run(["tar", "--full-time", "--numeric-owner", "-tvf", archive], {
    env: { LC_ALL: "C", PATH: "/usr/bin:/bin", TZ: "UTC" },
  });
  const lines = stdout.split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => [line.split(/\s+/).slice(5).join(" "), line]));
}

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
