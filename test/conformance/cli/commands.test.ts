// Command lines of Habitat 2.1.78, cli.toml, colours and the licence, against dist/hab.
import { describe, expect, test } from "bun:test";
import { commands } from "../../../src/cli/commands.ts";
import { type Case, compare, observe, readVectors, rowsOf, waitsFor } from "./cases.ts";
import { departureOf, departures } from "./departures.ts";

const PLAIN = { HAB_NOCOLORING: "true", HAB_NONINTERACTIVE: "true" };
const STANDARD = { ...PLAIN, HAB_LICENSE: "accept-no-persist" };
/** Nothing listens there. */
const CLOSED = "http://127.0.0.1:1";
const FILES = ["commands.json", "cli-toml.json", "colour.json", "licence.json"];

const vectors = Object.fromEntries(FILES.map((name) => [name, readVectors(name)]));
const built = (name: string) =>
  rowsOf((vectors[name]?.cases ?? []).filter((each) => waitsFor(each) === undefined));

describe("the command line of Habitat 2.1.78", () => {
  test.each(built("commands.json"))("%s", async (_, each) => {
    const departure = departureOf(each);
    const world = vectors["commands.json"]?.world ?? [];
    if (departure === undefined) return compare(await observe(each, { world, env: STANDARD }), each);
    const { words, instead, sameAs, helpOnly } = departure;
    const run = (argv: readonly string[]) =>
      observe({ ...each, argv: [...argv, ...(helpOnly ? ["--help"] : [])] }, { world, env: STANDARD });
    const observed = await run(each.argv);
    expect(observed.code).toBe(instead);
    if (sameAs === undefined) return;
    const rest = each.argv.slice(words.split(" ").length);
    expect(observed).toEqual(await run([...sameAs.split(" "), ...rest]));
  });
});

describe("cli.toml against environment and flags", () => {
  test.each(built("cli-toml.json"))("%s", async (_, each) => {
    const observed = await observe(each, { env: STANDARD });
    compare(observed, each);
    const path = requestedPath(each.expect.stderr);
    if (path === undefined) return;
    // The address in the original's message tells which value won: ours is seen by who listens there.
    const asked: string[] = [];
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch(request) {
        asked.push(new URL(request.url).pathname);
        return new Response("", { status: 404 });
      },
    });
    try {
      const address = `http://127.0.0.1:${server.port}`;
      await observe(JSON.parse(JSON.stringify(each).replaceAll(CLOSED, address)), { env: STANDARD });
    } finally {
      await server.stop(true);
    }
    expect(asked).toContain(path);
  });
});

describe("output is coloured by the original's rules", () => {
  const world = [
    { path: "$ROOT/hab/pkgs/acme/tool/1.0/20250101000007/TARGET", content: "x86_64-linux\n" },
    { path: "$CWD/p.txt", content: "text\n" },
  ];
  test.each(built("colour.json"))("%s", async (_, each) => {
    const observed = await observe(each, { world, env: { HAB_LICENSE: "accept-no-persist" } });
    if (isQuestion(each)) return expect(observed.code).toBe(0);
    compare(observed, each);
    // The wording of errors is ours; whether they carry colours is not.
    expect(observed.stderr.includes("\u001b")).toBe(each.expect.stderr.includes("\u001b"));
  });
});

describe("the licence: nothing is asked, HAB_LICENSE=deny refuses", () => {
  test.each(built("licence.json"))("%s", async (_, each) => {
    const marker = each.uid === "non-root" ? "$HOME/.hab" : "$ROOT/hab";
    const path = `${marker}/accepted-licenses/habitat`;
    const after = each.licence_files_after ?? [];
    const look = new Set([path, ...after.map((file) => file.path)]);
    const observed = await observe(each, { env: PLAIN, look: [...look] });
    if (isQuestion(each)) {
      // Departure: the licence of this program needs no acceptance, so the command runs.
      expect(observed.stdout + observed.stderr).not.toMatch(/licen[cs]e accept/i);
      expect(observed.stderr).not.toContain("License agreement not accepted");
      return;
    }
    if (each.argv.join(" ") === "license accept") {
      expect(observed.code).toBe(0);
      const now = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)/;
      const present = observed.present.map((file) => ({
        ...file,
        content: file.content.replace(now, "$RFC3339_UTC"),
      }));
      expect(present).toEqual([...after]);
      return;
    }
    compare(observed, each);
  });
});

function requestedPath(stderr: string): string | undefined {
  return /http:\/\/127\.0\.0\.1:1(\/[^\s"?)]*)/.exec(stderr)?.[1];
}

/** The original shows its question, or ends for want of an answer. */
function isQuestion(each: Case): boolean {
  return each.expect.stdout.includes("License Acceptance") && each.argv[0] !== "license";
}

describe("the tables of this test", () => {
  const all = FILES.flatMap((name) => vectors[name]?.cases ?? []);
  test("every departure covers a case", () => {
    const used = new Set(all.map(departureOf));
    expect(departures.filter((each) => !used.has(each))).toEqual([]);
  });
  test("only commands that are not built wait", () => {
    for (const each of all) {
      const path = waitsFor(each);
      if (path !== undefined) expect(Object.keys(commands)).not.toContain(path);
    }
  });
});
