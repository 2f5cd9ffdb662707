import { afterEach, describe, expect, test } from "bun:test";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyCache } from "../crypto/index.ts";
import { Claim } from "./claim.ts";
import type { InstallEvent } from "./events.ts";
import { formatIdent, parseFullIdent } from "./ident.ts";
import { type InstallOptions, installPackage } from "./install.ts";
import type { PackageSource } from "./source.ts";
import { listInstalled } from "./store.ts";
import { failure } from "./testing/failure.ts";

const vectors = join(import.meta.dir, "../../test/conformance/packages");
const KEY = "acme-20261123072809";

/** An empty machine with the public key of acme. */
class Machine {
  readonly root = mkdtempSync(join(tmpdir(), "hab-install-"));
  readonly artifactCache = join(this.root, "hab/cache/artifacts");
  readonly keyCache = new KeyCache(join(this.root, "hab/cache/keys"));
  readonly events: InstallEvent[] = [];

  constructor({ withKey = true } = {}) {
    mkdirSync(this.keyCache.directory, { recursive: true });
    mkdirSync(this.artifactCache, { recursive: true });
    if (withKey)
      copyFileSync(join(vectors, "keys", `${KEY}.pub`), join(this.keyCache.directory, `${KEY}.pub`));
  }

  install(source: string, options: Partial<InstallOptions> = {}) {
    const { root, artifactCache, keyCache } = this;
    return installPackage({
      source,
      channel: "stable",
      root,
      artifactCache,
      keyCache,
      ignoreInstallHook: true,
      report: (event) => this.events.push(event),
      ...options,
    });
  }

  installed(): string[] {
    return listInstalled({ root: this.root }).map(formatIdent);
  }

  /** Everything below hab/pkgs that is not an installed package. */
  leftovers(): string[] {
    const packages = join(this.root, "hab/pkgs");
    if (!existsSync(packages)) return [];
    return readdirSync(packages, { recursive: true, encoding: "utf8" }).filter((name) =>
      /\/\.(hab-pkg|tmp)/.test(name),
    );
  }
}

const hart = (name: string) => join(vectors, "harts", `${name}.hart`);
const BASE = "acme/base/1.0.0/20260101000001";
const LIB = "acme/lib/2.1.0/20260101000002";
const WEB = "acme/web/3.0.0/20260101000003";

/** A depot that offers these harts by ident. */
function depotOf(harts: Record<string, string>, log: string[] = []): PackageSource {
  return {
    latest: async (ident) => {
      const found = Object.keys(harts)
        .map(parseFullIdent)
        .find((each) => each.name === ident.name);
      return found;
    },
    download: async (ident, target, directory) => {
      log.push(formatIdent(ident));
      const file = harts[formatIdent(ident)];
      if (file === undefined) throw new Error(`the depot has no ${formatIdent(ident)}`);
      const path = join(
        directory,
        `${ident.origin}-${ident.name}-${ident.version}-${ident.release}-${target}.hart`,
      );
      copyFileSync(file, path);
      return path;
    },
    originKey: async () => readFileSync(join(vectors, "keys", `${KEY}.pub`), "utf8"),
  };
}

const machines: Machine[] = [];
function machine(options?: { withKey: boolean }): Machine {
  const made = new Machine(options);
  machines.push(made);
  return made;
}
afterEach(() => {
  for (const each of machines.splice(0)) rmSync(each.root, { recursive: true, force: true });
});

describe("a package from a depot", () => {
  const all = { [BASE]: hart("base"), [LIB]: hart("lib"), [WEB]: hart("web") };

  test("comes with what it needs, dependencies first, and with its key", async () => {
    const here = machine({ withKey: false });
    const { installed } = await here.install("acme/web", { depot: depotOf(all) });
    expect(installed.map(formatIdent)).toEqual([BASE, LIB, WEB]);
    expect(here.installed()).toEqual([BASE, LIB, WEB]);
    expect(here.keyCache.list().length).toBe(1);
    expect(here.leftovers()).toEqual([]);
  });

  test("nothing of it is there when a dependency cannot be had", async () => {
    const here = machine();
    const { [BASE]: _, ...rest } = all;
    await expect(here.install("acme/web", { depot: depotOf(rest) })).rejects.toThrow("the depot has no");
    expect(here.installed()).toEqual([]);
    expect(readdirSync(join(here.root, "hab/pkgs"))).toEqual([]);
  });

  test("nothing of it is there when a dependency is not what was signed", async () => {
    const here = machine();
    await failure(here.install("acme/web", { depot: depotOf({ ...all, [BASE]: hart("bad-payload-bit") }) }));
    expect(here.installed()).toEqual([]);
    expect(here.leftovers()).toEqual([]);
  });

  test("a good hart under another package's name is refused", async () => {
    const here = machine();
    const error = await failure(here.install(BASE, { depot: depotOf({ [BASE]: hart("lib") }) }));
    expect(error.code).toBe("HAB-PKG-026");
    expect(here.installed()).toEqual([]);
  });

  test("a damaged cached artifact is fetched again, once", async () => {
    const here = machine();
    const cached = join(here.artifactCache, "acme-base-1.0.0-20260101000001-x86_64-linux.hart");
    copyFileSync(hart("bad-payload-bit"), cached);
    const log: string[] = [];
    await here.install(BASE, { depot: depotOf(all, log) });
    expect(log).toEqual([BASE]);
    expect(here.installed()).toEqual([BASE]);
    expect(readFileSync(cached).equals(readFileSync(hart("base")))).toBe(true);
    await failure(machine().install(BASE, { depot: depotOf({ [BASE]: hart("bad-payload-bit") }) }));
  });

  describe("whose digests are given", () => {
    const digestOf = (name: string) =>
      new Bun.CryptoHasher("blake2b256").update(readFileSync(hart(name))).digest("hex");

    test("is installed when they are right; what has none may be anything", async () => {
      const here = machine();
      const hartDigests = new Map([[BASE, digestOf("base")]]);
      await here.install(LIB, { depot: depotOf(all), hartDigests });
      expect(here.installed()).toEqual([BASE, LIB]);
    });

    test("is refused, dependencies too, when they are not, however well signed", async () => {
      const here = machine();
      const hartDigests = new Map([[BASE, digestOf("lib")]]);
      const error = await failure(here.install(LIB, { depot: depotOf(all), hartDigests }));
      expect(error.code).toBe("HAB-PKG-073");
      expect(error.message).toContain(digestOf("base"));
      expect(here.installed()).toEqual([]);
      expect(here.leftovers()).toEqual([]);
    });

    test("is fetched again, once, when the cached one is another", async () => {
      const here = machine();
      copyFileSync(hart("lib"), join(here.artifactCache, "acme-base-1.0.0-20260101000001-x86_64-linux.hart"));
      const log: string[] = [];
      await here.install(BASE, {
        depot: depotOf(all, log),
        hartDigests: new Map([[BASE, digestOf("base")]]),
      });
      expect(log).toEqual([BASE]);
      expect(here.installed()).toEqual([BASE]);
    });
  });

  test("a cached artifact needs no depot", async () => {
    const here = machine();
    copyFileSync(hart("base"), join(here.artifactCache, "acme-base-1.0.0-20260101000001-x86_64-linux.hart"));
    await here.install("acme/base", { offline: true });
    expect(here.installed()).toEqual([BASE]);
  });

  test("a key that is not the one asked for is not stored", async () => {
    const here = machine({ withKey: false });
    const depot = {
      ...depotOf(all),
      originKey: async () => readFileSync(join(vectors, "keys/mallory-20261123072809.pub"), "utf8"),
    };
    expect((await failure(here.install(BASE, { depot }))).code).toBe("HAB-PKG-034");
    expect(here.keyCache.list()).toEqual([]);
  });

  test("an abort leaves nothing", async () => {
    const here = machine();
    const controller = new AbortController();
    const depot = depotOf(all);
    const stopping: PackageSource = {
      ...depot,
      download: async (...args) => {
        controller.abort(new Error("stop"));
        return depot.download(...args);
      },
    };
    await expect(here.install("acme/web", { depot: stopping, signal: controller.signal })).rejects.toThrow(
      "stop",
    );
    expect(here.installed()).toEqual([]);
    expect(here.leftovers()).toEqual([]);
  });
});

describe("what killed processes leave", () => {
  const version = "hab/pkgs/acme/base/1.0.0";

  test("a staging directory nobody holds is swept", async () => {
    const here = machine();
    const left = join(here.root, version, ".hab-pkg-install-20260101000001abcdef");
    mkdirSync(join(left, "package"), { recursive: true });
    writeFileSync(join(left, "lock"), "");
    await here.install(hart("base"));
    expect(existsSync(left)).toBe(false);
  });

  test("one without a lock is swept when it is old, and left alone before", async () => {
    const here = machine();
    const [young, old] = ["young0", "old000"].map((end) =>
      join(here.root, version, `.hab-pkg-install-20260101000001${end}`),
    ) as [string, string];
    mkdirSync(young, { recursive: true });
    mkdirSync(old);
    utimesSync(old, 0, 0);
    await here.install(hart("base"));
    expect([existsSync(young), existsSync(old)]).toEqual([true, false]);
  });

  test("a release directory without TARGET makes room", async () => {
    const here = machine();
    mkdirSync(join(here.root, version, "20260101000001"), { recursive: true });
    writeFileSync(join(here.root, version, "20260101000001/junk"), "junk");
    await here.install(hart("base"));
    expect(here.installed()).toEqual([BASE]);
    expect(existsSync(join(here.root, version, "20260101000001/junk"))).toBe(false);
    expect(here.leftovers()).toEqual([]);
  });

  test("a package for another platform in its place does not", async () => {
    const here = machine();
    mkdirSync(join(here.root, version, "20260101000001"), { recursive: true });
    writeFileSync(join(here.root, version, "20260101000001/TARGET"), "x86_64-windows\n");
    expect((await failure(here.install(hart("base")))).code).toBe("HAB-PKG-035");
    expect(existsSync(join(here.root, version, "20260101000001/TARGET"))).toBe(true);
  });
});

test("two installs of the same package at once both succeed", async () => {
  const here = machine();
  const [a, b] = await Promise.all([here.install(hart("base")), here.install(hart("base"))]);
  expect(a.installed.length + b.installed.length).toBe(1);
  expect(here.installed()).toEqual([BASE]);
  expect(here.leftovers()).toEqual([]);
});

describe("several installs at once", () => {
  const all = { [BASE]: hart("base"), [LIB]: hart("lib"), [WEB]: hart("web") };

  test("of the same closure download and unpack it once", async () => {
    const here = machine();
    const log: string[] = [];
    const depot = depotOf(all, log);
    const results = await Promise.all([1, 2, 3].map(() => here.install("acme/web", { depot })));
    expect(log.sort()).toEqual([BASE, LIB, WEB]);
    expect(results.map(({ ident }) => formatIdent(ident))).toEqual([WEB, WEB, WEB]);
    expect(results.flatMap(({ installed }) => installed.map(formatIdent)).sort()).toEqual([BASE, LIB, WEB]);
    expect(here.installed()).toEqual([BASE, LIB, WEB]);
    expect(here.leftovers()).toEqual([]);
  });

  test("of closures that overlap wait for each other's part, in whatever order they come", async () => {
    for (const sources of [
      ["acme/web", "acme/lib"],
      ["acme/lib", "acme/web", "acme/base"],
      ["acme/base", "acme/web"],
    ]) {
      const here = machine();
      const log: string[] = [];
      const depot = depotOf(all, log);
      await Promise.all(sources.map((source) => here.install(source, { depot })));
      expect(log.sort()).toEqual([BASE, LIB, WEB]);
      expect(here.installed()).toEqual([BASE, LIB, WEB]);
      expect(here.leftovers()).toEqual([]);
    }
  });

  test("what one gives up the other takes over", async () => {
    const here = machine();
    const good = depotOf(all);
    const arrived = Promise.withResolvers<void>();
    const stuck = Promise.withResolvers<never>();
    const broken: PackageSource = {
      ...good,
      download(ident, target, directory, request) {
        if (formatIdent(ident) !== BASE) return good.download(ident, target, directory, request);
        arrived.resolve();
        return stuck.promise;
      },
    };
    const first = here.install("acme/lib", { depot: broken });
    await arrived.promise;
    const waits: string[] = [];
    const second = here.install("acme/web", {
      depot: good,
      report(event) {
        if (event.kind !== "waiting") return;
        waits.push(formatIdent(event.ident));
        stuck.reject(new Error("the depot is gone"));
      },
    });
    await expect(first).rejects.toThrow("the depot is gone");
    await second;
    expect(waits).toEqual([LIB]);
    expect(here.installed()).toEqual([BASE, LIB, WEB]);
    expect(here.leftovers()).toEqual([]);
  });

  test("a wait ends with its signal", async () => {
    const here = machine();
    const claim = Claim.take(parseFullIdent(WEB), here.root);
    const stop = new AbortController();
    const work = here.install(WEB, {
      depot: depotOf(all),
      signal: stop.signal,
      report: (event) => event.kind === "waiting" && stop.abort(new Error("enough")),
    });
    await expect(work).rejects.toThrow("enough");
    claim?.release();
    expect(here.leftovers()).toEqual([]);
    expect(existsSync(join(here.root, "hab/pkgs/acme"))).toBe(false);
  });
});
