// The compiled program builds the same hart wherever, whenever and by whomever, and says so when it does not.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HAB, NOBODY, run, WITHOUT_ROOT } from "./program.ts";

const RELEASE = "20260102030405";
const NAME = `acme-app-1.0-${RELEASE}-x86_64-linux.hart`;

/** Makes what commonly differs: times in files, orders, sizes beyond one block of xz. */
const PLAN = `pkg_name=app
pkg_origin=acme
pkg_version=1.0
pkg_license=(Apache-2.0)
pkg_exports=([port]=port [host]=host [a]=port [b]=host)
pkg_binds=([database]="port host" [queue]=port [cache]=port)
do_setup_environment() {
  for name in ONE TWO THREE FOUR FIVE; do set_runtime_env "$name" "$name"; done
}
do_build() { return 0; }
do_install() {
  cd "$pkg_prefix"
  for name in $ORDER; do echo "$name" >"$name"; done
  date +%A >date
  echo * >globbed; printf 'b\\nB\\na\\n' | sort >sorted
  touch now; ls -l --time-style=+%s now | cut -d' ' -f1 >mode
  echo text >text; gzip text
  mkdir -p deep/er; head -c "\${SIZE:-1}" /dev/zero >deep/er/large
  echo "$SOURCE_DATE_EPOCH $(umask)" >settings
}
`;

let directory: string;
const at = (...parts: string[]) => join(directory, ...parts);
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "hab-reproducible-"));
  chmodSync(directory, 0o755);
  mkdirSync(at("plan/hooks"), { recursive: true });
  writeFileSync(at("plan/plan.sh"), PLAN);
  writeFileSync(at("plan/hooks/run"), "#!/bin/sh\nexec sleep 1\n", { mode: 0o755 });
  const made = await hab(["origin", "key", "generate", "acme"]);
  expect(made.stderr).toBe("");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A program in a root that is the same for all, as packages hold the path of theirs. */
const hab = (
  words: readonly string[],
  env: Record<string, string> = {},
  before: readonly string[] = [],
  cwd = "/",
) =>
  run([...before, HAB, ...words], {
    cwd,
    env: {
      PATH: "/usr/bin:/bin",
      HAB_ROOT_PATH: at("hab"),
      HAB_CACHE_KEY_PATH: at("keys"),
      HAB_OUTPUT_PATH: at("results"),
      HAB_NOCOLORING: "true",
      HAB_HART_COMPRESSION_LEVEL: "0",
      NO_INSTALL_DEPS: "true",
      ORDER: "a B c",
      ...env,
    },
  });

/** Builds and takes all that was built away but the hart, whose bytes it answers. */
async function build(
  plan: string,
  ...how: [Record<string, string>?, (readonly string[])?, string?]
): Promise<Buffer> {
  const ended = await hab(["pkg", "build", plan, "--release", RELEASE], ...how);
  if (ended.code !== 0) throw new Error(ended.stdout + ended.stderr);
  const hart = readFileSync(at("results", NAME));
  for (const left of ["hab", "results"]) rmSync(at(left), { recursive: true });
  return hart;
}

test("the same plan is the same hart on another machine, as far as one machine can be another", async () => {
  // More than one block of xz.
  const SIZE = "26000000";
  const first = await build(at("plan"), { SIZE });
  // Another checkout, made in another order under another umask; other time zone, locale, names and number of processors.
  cpSync(at("plan"), at("elsewhere/of/the plan"), { recursive: true });
  chmodSync(at("elsewhere/of/the plan/hooks/run"), 0o775);
  const environment = {
    SIZE,
    TZ: "Pacific/Kiritimati",
    LC_ALL: "C.UTF-8",
    LANG: "en_US.UTF-8",
    HOME: at("elsewhere"),
    USER: "somebody",
    ORDER: "c B a",
  };
  const oneProcessor = ["sh", "-c", 'umask 077; exec taskset -c 0 "$@"', "sh"];
  const second = await build(".", environment, oneProcessor, at("elsewhere/of/the plan"));
  expect(second.equals(first)).toBe(true);

  if (WITHOUT_ROOT.length === 0) return;
  for (const place of ["hab", "results"]) {
    mkdirSync(at(place));
    // Directories below get the bit; packages must not.
    chmodSync(at(place), 0o2755);
    chownSync(at(place), NOBODY, NOBODY);
    chmodSync(at(place), 0o2755);
  }
  for (const name of readdirSync(at("keys"))) chmodSync(at("keys", name), 0o444);
  const third = await build(at("plan"), { SIZE }, WITHOUT_ROOT);
  expect(third.equals(first)).toBe(true);
});

describe("hab pkg build --check", () => {
  test("says that the hart is made again, or names what differs", async () => {
    writeFileSync(at(NAME), await build(at("plan")));
    const same = await hab(["pkg", "build", "--check", at(NAME), at("plan")]);
    expect(same.stdout + same.stderr).toContain(`acme/app/1.0/${RELEASE} was built again, byte for byte.`);
    expect(same.code).toBe(0);
    writeFileSync(at("plan/hooks/run"), "#!/bin/sh\nexec sleep 2\n");
    const other = await hab(["pkg", "build", "--check", at(NAME), at("plan")]);
    expect(other.stdout).toContain("content  hooks/run  23 bytes, from byte 21 (line 2)\n");
    expect(other.stderr).toContain("HAB-BLD-048");
    expect(other.code).toBe(1);
    expect(readdirSync(at("hab/pkgs"))).toEqual([]);
  });
});

describe("the release", () => {
  test("can be given in the environment, but not with --check", async () => {
    const ended = await hab(["pkg", "build", at("plan"), "--lock"], { HAB_PKG_RELEASE: RELEASE });
    expect(ended.code).toBe(0);
    expect(readdirSync(at("results")).sort()).toEqual([NAME, `${NAME}.intoto.jsonl`, "last_build.env"]);
    expect(readFileSync(at("plan/plan.lock"), "utf8")).toContain("version = 1");
    const hart = at("results", NAME);
    const sbom = await hab(["pkg", "sbom", hart]);
    expect(sbom.stdout).toStartWith(`acme/app/1.0/${RELEASE} for x86_64-linux  Apache-2.0\n`);
    const provenance = await hab(["pkg", "provenance", hart, "--signed", `${hart}.intoto.jsonl`]);
    expect(provenance.stdout).toContain(`Package:         acme/app/1.0/${RELEASE}`);
    expect(provenance.stderr + provenance.stdout).toContain("signed with acme-");
    const both = await hab(["pkg", "build", "--check", hart, "--release", RELEASE, at("plan")]);
    expect(both.code).toBe(2);
  });

  test.each(["yesterday", "20260230000000"])("is not %p", async (release) => {
    const ended = await hab(["pkg", "build", at("plan"), "--release", release]);
    expect(ended.stderr).toContain("not a time of the form YYYYMMDDhhmmss");
    expect(ended.code).toBe(2);
  });
});
