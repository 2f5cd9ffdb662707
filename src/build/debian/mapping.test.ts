// From Debian's dependencies to ours: which rule counts before which.
import { describe, expect, test } from "bun:test";
import { HabError } from "../../error/index.ts";
import { parseDependencies } from "./control.ts";
import { describeUnmapped, selectPackages, type Wishes } from "./mapping.ts";
import { Packages } from "./packages.ts";

function index(...paragraphs: string[]): Packages {
  const whole = paragraphs.map((text) => {
    const fields = text.includes("Version:") ? text : `${text}\nVersion: 1.0-1`;
    return `${fields}\nArchitecture: amd64\nFilename: pool/x.deb\nSize: 1\nSHA256: ${"a".repeat(64)}\n`;
  });
  return new Packages([{ bytes: Buffer.from(whole.join("\n")), mirror: "http://mirror" }]);
}

function select(packages: Packages, wishes: Partial<Omit<Wishes, "packages">> & { names: string[] }) {
  const selection = selectPackages(packages, {
    packages: wishes.names.map((each) => {
      const [name = "", version] = each.split("=");
      return { name, version };
    }),
    dependencies: wishes.dependencies ?? [],
    map: wishes.map ?? new Map(),
    ignore: wishes.ignore ?? [],
    vendor: wishes.vendor ?? [],
    essential: wishes.essential ?? [],
  });
  return {
    packages: selection.packages.map(({ name }) => name),
    takenIn: selection.takenIn,
    added: selection.added,
    unmapped: selection.unmapped.map(describeUnmapped),
    bounds: selection.bounds,
  };
}

const app = (depends: string) => `Package: app\nDepends: ${depends}`;

test("relations are read with versions, alternatives, architectures and line breaks", () => {
  const read = parseDependencies("libc6 (>= 2.34), a:any | b (<< 2~) [amd64],\n c (>1), , ?broken?, d");
  expect(
    read.map((each) =>
      each.map(({ name, bound }) => `${name}${bound?.relation ?? ""}${bound?.version ?? ""}`),
    ),
  ).toEqual([["libc6>=2.34"], ["a", "b<<2~"], ["c>=1"], ["d"]]);
});

describe("a dependency", () => {
  test("on what a plan of ours has is that package", () => {
    const found = select(index(app("libc6 (>= 2.34), libssl3 (>= 3.0.0)")), { names: ["app"] });
    expect(found.added).toEqual(["core/glibc", "core/openssl"]);
    expect(found.bounds.map(({ ident, isOwn }) => [ident, isOwn])).toEqual([
      ["core/glibc", true],
      ["core/openssl", true],
    ]);
  });

  test("counts before it is run as well as after (Pre-Depends)", () => {
    const found = select(index("Package: app\nPre-Depends: libc6\nDepends: zlib1g"), { names: ["app"] });
    expect(found.added).toEqual(["core/glibc", "core/zlib"]);
  });

  test("that the plan lists is not added again, nor is one of that name of another origin", () => {
    const packages = index(app("libc6, libssl3"));
    expect(
      select(packages, { names: ["app"], dependencies: ["core/glibc/2.36", "acme/openssl"] }).added,
    ).toEqual([]);
  });

  test("goes where the plan maps it before it goes to ours", () => {
    const found = select(index(app("libssl3, libfoo1 (>= 2)")), {
      names: ["app"],
      map: new Map([
        ["libssl3", "acme/tls"],
        ["libfoo1", "acme/foo"],
      ]),
    });
    expect(found.added).toEqual(["acme/tls", "acme/foo"]);
    expect(found.bounds.map(({ ident, isOwn }) => [ident, isOwn])).toEqual([["acme/foo", false]]);
  });

  test("of several alternatives takes one that is there, in the order of the rules and not of the text", () => {
    expect(select(index(app("libfoo1 | libssl3")), { names: ["app"] }).added).toEqual(["core/openssl"]);
    const mapped = select(index(app("libssl3 | libfoo1")), {
      names: ["app"],
      map: new Map([["libfoo1", "acme/foo"]]),
    });
    expect(mapped.added).toEqual(["acme/foo"]);
  });

  test("on a name that others provide is served by one of them", () => {
    const packages = index(app("virtual-tls"), "Package: libssl3\nProvides: virtual-tls (= 3), other");
    expect(select(packages, { names: ["app"] }).added).toEqual(["core/openssl"]);
    const taken = select(index(app("mta"), "Package: exim\nProvides: mta"), {
      names: ["app"],
      vendor: ["exim"],
    });
    expect(taken).toMatchObject({ packages: ["app", "exim"], unmapped: [] });
  });

  test("of the same source is taken in, where no plan of ours has it", () => {
    const packages = index(
      "Package: app\nSource: app\nDepends: app-common (= 1.0-1), libssl3",
      "Package: app-common\nSource: app\nDepends: zlib1g",
      "Package: libssl3\nSource: app",
    );
    expect(select(packages, { names: ["app"] })).toMatchObject({
      packages: ["app", "app-common"],
      takenIn: ["app-common"],
      added: ["core/openssl", "core/zlib"],
    });
  });

  test("that is in our own plan together with what is named is taken in", () => {
    const packages = index(
      "Package: redis-server\nSource: redis\nDepends: redis-tools (= 1.0-1)",
      "Package: redis-tools\nSource: redis",
    );
    expect(select(packages, { names: ["redis-server"] })).toMatchObject({
      packages: ["redis-server", "redis-tools"],
      added: [],
    });
  });

  test("that the plan takes in brings its own dependencies", () => {
    const packages = index(app("libfoo1"), "Package: libfoo1\nDepends: libbar1, libc6", "Package: libbar1");
    expect(select(packages, { names: ["app"], vendor: ["libfoo1"] })).toMatchObject({
      packages: ["app", "libfoo1"],
      added: ["core/glibc"],
      unmapped: ["libbar1 (of libfoo1)"],
    });
    // A pattern is for what nothing else stands for.
    expect(select(packages, { names: ["app"], vendor: ["*"] })).toMatchObject({
      packages: ["app", "libfoo1", "libbar1"],
      added: ["core/glibc"],
      unmapped: [],
    });
  });

  test("is taken in with all there is, where the plan is to have no dependencies", () => {
    const packages = index(
      app("libc6, libfoo1, adduser"),
      "Package: libfoo1\nDepends: libssl3",
      "Package: libc6",
      "Package: libssl3",
      "Package: dash",
    );
    expect(select(packages, { names: ["app"], vendor: ["**"], essential: ["dash"] })).toMatchObject({
      packages: ["app", "dash", "libc6", "libfoo1", "libssl3"],
      added: [],
      unmapped: [],
    });
  });

  test("that the plan or everybody ignores is not asked for", () => {
    const packages = index(app("adduser, debconf (>= 0.5) | debconf-2.0, libfoo1, libc6"));
    expect(select(packages, { names: ["app"], ignore: ["libfoo*"] })).toMatchObject({
      added: ["core/glibc"],
      unmapped: [],
    });
    expect(select(packages, { names: ["app"], ignore: ["*"] })).toMatchObject({ added: [], unmapped: [] });
  });

  test("that nothing stands for is told of", () => {
    expect(select(index(app("libfoo1 (>= 2) | libbar1")), { names: ["app"] }).unmapped).toEqual([
      "libfoo1 (>= 2) | libbar1 (of app)",
    ]);
  });

  test("in a circle comes to an end", () => {
    const packages = index("Package: app\nDepends: bb", "Package: bb\nDepends: app");
    expect(select(packages, { names: ["app"], vendor: ["*"] }).packages).toEqual(["app", "bb"]);
  });

  test("on the shell of every Debian system is on ours", () => {
    expect(select(index(app("libc6")), { names: ["app"], essential: ["dash"] }).added).toEqual([
      "core/busybox-static",
      "core/glibc",
    ]);
    expect(
      select(index(app("libc6")), { names: ["app"], essential: ["dash"], dependencies: ["core/bash"] }).added,
    ).toEqual(["core/glibc"]);
    expect(select(index(app("libc6")), { names: ["app"], essential: ["hostname"] }).unmapped).toEqual([
      "hostname (of app)",
    ]);
  });
});

describe("a name", () => {
  const packages = index("Package: app\nVersion: 2.0-1", "Package: exim\nProvides: mta");
  const problem = (name: string) => {
    try {
      select(packages, { names: [name] });
      return "";
    } catch (error) {
      return error instanceof HabError ? `${error.code} ${error.message}` : String(error);
    }
  };

  test("may say which version", () => {
    expect(select(packages, { names: ["app=2.0-1"] }).packages).toEqual(["app"]);
    expect(problem("app=1.0-1")).toBe("HAB-BLD-097 there is no app 1.0-1; the index has 2.0-1");
  });

  test("that is none, or one that others provide, is refused with a hint", () => {
    expect(problem("ap")).toBe("HAB-BLD-097 there is no package ap (there is app)");
    expect(problem("mta")).toBe("HAB-BLD-097 mta is only a name that exim provide");
  });
});
