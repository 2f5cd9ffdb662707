// The plans of plans/ as texts: each can be read, says what a package has to say, and names packages that have a plan. What they
// build is tried by script/bare-root-tools.
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const PLANS = join(import.meta.dir, "../../plans");
const names = readdirSync(PLANS).filter((name) => existsSync(join(PLANS, name, "plan.sh")));

interface Plan {
  readonly directory: string;
  readonly name: string;
  readonly origin: string;
  readonly description: string;
  readonly licences: readonly string[];
  readonly url: string;
  readonly version: string;
  readonly debian: readonly string[];
  readonly dependencies: readonly string[];
}

/** What all plans set, by one shell that reads each in a subshell. */
function readPlans(): Plan[] {
  const { stdout, stderr } = Bun.spawnSync(
    [
      "bash",
      "-ec",
      `pkg_target=x86_64-linux debian_architecture=amd64 debian_triplet=x86_64-linux-gnu
      debian_lib=lib/x86_64-linux-gnu; exit_with() { echo "$1" >&2; exit 1; }
      list() { local IFS=$'\\x1f'; printf '%s\\t' "$*"; }
      for name in "$@"; do (
        PLAN_CONTEXT="$PWD/$name" pkg_deps=() pkg_build_deps=() pkg_license=() pkg_deb_packages=()
        source "$name/plan.sh"
        list "$name"; list "$pkg_name"; list "$pkg_origin"; list "$pkg_description"; list "\${pkg_license[@]}"
        list "$pkg_upstream_url"; list "$pkg_version"; list "\${pkg_deb_packages[@]}"; list "\${pkg_deps[@]}" "\${pkg_build_deps[@]}"
        echo
      ) done`,
      "plans",
      ...names,
    ],
    { cwd: PLANS, stdout: "pipe", stderr: "pipe" },
  );
  expect(stderr.toString()).toBe("");
  const items = (text = "") => text.split("\x1f").filter((item) => item !== "");
  return stdout
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [
        directory = "",
        name = "",
        origin = "",
        description = "",
        licences,
        url = "",
        version = "",
        ...lists
      ] = line.split("\t");
      return {
        directory,
        name,
        origin,
        description,
        licences: items(licences),
        url,
        version,
        debian: items(lists[0]),
        dependencies: items(lists[1]),
      };
    });
}

const plans = readPlans();
const byIdent = new Map(plans.map((plan) => [`${plan.origin}/${plan.name}`, plan]));

describe("a plan", () => {
  test("can be read, every one", () => {
    expect(plans.map((plan) => plan.directory)).toEqual(names);
  });

  test("is called as its directory", () => {
    for (const plan of plans) expect(plan.name).toBe(plan.directory);
  });

  test("is of an origin, describes itself and names its licence", () => {
    for (const { name, origin, description, licences } of plans) {
      expect([name, origin]).toEqual([name, name === "hab-backline" ? "chef" : "core"]);
      expect([name, description]).toEqual([name, expect.stringMatching(/^[A-Z0-9].*[^.]$/)]);
      expect([name, licences]).toEqual([name, [expect.stringMatching(/^[A-Za-z0-9.+ -]+$/)]]);
    }
  });

  test("of Debian's packages says whose work it is and takes its version from Debian", () => {
    for (const { name, url, version, debian } of plans) {
      if (debian.length === 0) continue;
      expect([name, url]).toEqual([name, expect.stringMatching(/^https?:\/\/[^ ]+[^/]$/)]);
      expect([name, version]).toEqual([name, ""]);
      expect([name, debian.length]).toEqual([name, new Set(debian).size]);
    }
  });

  test("takes no package of Debian that another plan has", () => {
    const owners = new Map<string, string[]>();
    for (const { name, debian } of plans)
      for (const each of debian) owners.set(each, [...(owners.get(each) ?? []), name]);
    // The copyright of the compilers and of their libraries is in one package.
    owners.delete("gcc-12-base");
    // A compiler of Java has to lie beside what runs its programs.
    expect(owners.get("openjdk-17-jre-headless")).toEqual(["jre17", "openjdk17"]);
    owners.delete("openjdk-17-jre-headless");
    expect([...owners].filter(([, users]) => users.length > 1)).toEqual([]);
  });

  test("needs only packages that have a plan here", () => {
    const missing = plans.flatMap(({ name, dependencies }) =>
      dependencies.filter((each) => !byIdent.has(each)).map((each) => `${name} needs ${each}`),
    );
    expect(missing).toEqual([]);
  });
});

describe("plans/build --list", () => {
  test("names every plan once, behind what it needs", () => {
    const { stdout, exitCode } = Bun.spawnSync([join(PLANS, "build"), "--list", ...names]);
    const order = stdout.toString().trim().split("\n");
    expect(exitCode).toBe(0);
    expect([...order].sort()).toEqual([...names].sort());
    for (const { name, dependencies } of plans)
      for (const each of dependencies) {
        const before = byIdent.get(each)?.directory ?? "";
        expect([name, before, order.indexOf(before) < order.indexOf(name)]).toEqual([name, before, true]);
      }
  });
});

describe("the studio's package of tools", () => {
  const backline = byIdent.get("chef/hab-backline");

  test("has what every plan finds in a studio without naming it", () => {
    const tools =
      "bash binutils bzip2 cacerts coreutils diffutils file findutils gawk grep gzip less make ncurses patch sed tar unzip util-linux vim wget xz";
    expect(backline?.dependencies).toEqual(tools.split(" ").map((tool) => `core/${tool}`));
  });

  test("stays small: neither compilers nor interpreters of other languages", () => {
    const closure = new Set<string>();
    const add = (ident: string) => {
      if (closure.has(ident)) return;
      closure.add(ident);
      for (const each of byIdent.get(ident)?.dependencies ?? []) add(each);
    };
    add("chef/hab-backline");
    expect([...closure].filter((ident) => /\/(gcc.*|glibc-dev|perl|git)$/.test(ident))).toEqual([]);
    expect(closure.size).toBeLessThan(50);
  });
});
