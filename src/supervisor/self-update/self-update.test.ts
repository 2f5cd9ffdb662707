// The Supervisor's side of its own updates, with a launcher and a depot made up.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HabError } from "../../error/index.ts";
import { launcherErrors, type Program, type SlotsReport } from "../../launcher/index.ts";
import { type FullIdent, formatIdent, parseFullIdent } from "../../package/index.ts";
import { SelfUpdate, type SelfUpdateOptions } from "./self-update.ts";

const release = (number: number) => parseFullIdent(`acme/hab-sup/1.0.0/2026010100000${number}`);
const name = (number: number) => formatIdent(release(number));
const own = release(1);
const FROM = { bldrUrl: "http://depot", channel: "stable" };

/** A look that is too far off to happen here. */
const NEVER = { from: FROM, periodMs: 3_600_000, random: 1, taken: () => {} };

let root: string;
const saved = process.env["FS_ROOT"];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-self-update-"));
  process.env["FS_ROOT"] = root;
  install(own);
});
afterEach(() => {
  if (saved === undefined) delete process.env["FS_ROOT"];
  else process.env["FS_ROOT"] = saved;
  rmSync(root, { recursive: true, force: true });
});

const programPath = (ident: FullIdent) => join(root, "hab/pkgs", formatIdent(ident), "bin/hab");

function install(ident: FullIdent): void {
  const place = join(root, "hab/pkgs", formatIdent(ident));
  mkdirSync(join(place, "bin"), { recursive: true });
  writeFileSync(join(place, "IDENT"), `${formatIdent(ident)}\n`);
  writeFileSync(join(place, "TARGET"), "x86_64-linux\n");
  writeFileSync(programPath(ident), "");
}

interface Around {
  readonly slots?: Partial<SlotsReport> | "none";
  readonly head?: FullIdent;
  readonly offer?: () => void;
  readonly options?: Partial<SelfUpdateOptions>;
}

/** Begins to look at once, and gives what comes of it. */
async function begin({ slots = {}, head, offer = () => {}, options = {} }: Around) {
  const said: string[] = [];
  const offers: Program[] = [];
  const kept: { count: number; inUse: string[] }[] = [];
  const looked = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<FullIdent>();
  let report: SlotsReport = {
    launcher: programPath(own),
    fixed: false,
    onTrial: false,
    refused: [],
    ...(slots === "none" ? {} : slots),
  };
  const update = await SelfUpdate.begin({
    own,
    launcher: {
      slots: async () => (slots === "none" ? undefined : report),
      offer: async (program) => {
        offer();
        offers.push(program);
      },
      pardon: async () => {
        report = { ...report, refused: [] };
      },
    },
    installer: {
      head: async () => {
        setTimeout(looked.resolve, 5);
        return head;
      },
      exact: async (ident) => install(ident),
      keepLatest: async (_, count, inUse) => {
        kept.push({ count, inUse: inUse().map(formatIdent) });
      },
    },
    output: { line: (_preamble, _key, content) => said.push(content) },
    automatic: { from: FROM, periodMs: 60_000, random: 0, taken: taken.resolve },
    ...options,
  });
  return { update, said, offers, kept, looked: looked.promise, taken: taken.promise };
}

describe("a Supervisor that looks for its updates", () => {
  test("installs a newer release, has the launcher take it, and ends", async () => {
    const { update, offers, taken } = await begin({ head: release(2) });
    expect(await taken).toEqual(release(2));
    expect(offers).toEqual([{ name: name(2), path: programPath(release(2)) }]);
    expect(update.problems()).toEqual([]);
    update.close();
  });

  test.each<[string, Around]>([
    ["there is nothing newer", { head: own }],
    ["the channel is empty", {}],
    [
      "the newer one was refused",
      { head: release(2), slots: { refused: [{ name: name(2), reason: "it hung", atMs: 1 }] } },
    ],
    ["it is on trial itself", { head: release(2), slots: { onTrial: true } }],
  ])("goes on as it is when %s", async (_, around) => {
    const { update, offers, looked, said } = await begin(around);
    await looked;
    expect(offers).toEqual([]);
    expect(said).toEqual([]);
    update.close();
  });

  test.each<[string, Around, string]>([
    ["lies in no package", { options: { own: undefined } }, "is not of an installed package"],
    ["is named by HAB_SUP_BINARY", { slots: { fixed: true } }, "HAB_SUP_BINARY"],
    ["has a launcher that is too old", { slots: "none" }, "the launcher is of a version"],
  ])("says so, and goes on saying it, when its program %s", async (_, around, problem) => {
    const { update, said } = await begin({ head: release(2), ...around });
    expect(said).toEqual([expect.stringContaining(problem)]);
    expect(update.problems()).toEqual([expect.stringContaining(problem)]);
    update.close();
  });

  test("tells what the launcher refuses, and why it went back from a newer one", async () => {
    const refuse = () => {
      throw new HabError(launcherErrors.notTried, `${name(3)}: it is not a program`);
    };
    const refused = [
      { name: name(2), reason: "it hung", atMs: 1 },
      { name: "acme/hab-sup/0.9.0/20250101000000", reason: "older than this one", atMs: 1 },
    ];
    const { update, said, looked } = await begin({ head: release(3), offer: refuse, slots: { refused } });
    await looked;
    expect(said).toContainEqual(`Unable to update the Supervisor: ${name(3)}: it is not a program`);
    expect(update.problems()).toEqual([
      expect.stringContaining("it is not a program"),
      `the Supervisor went back from ${name(2)}: it hung`,
    ]);
    update.close();
  });
});

describe("a restart by hand", () => {
  const refused = [{ name: name(2), reason: "it hung", atMs: 1 }];

  test("takes the newest that is installed", async () => {
    install(release(2));
    install(release(3));
    const { update, offers } = await begin({ slots: { onTrial: false }, options: { automatic: NEVER } });
    await update.beforeRestart(false);
    expect(offers.map((program) => program.name)).toEqual([name(3)]);
    update.close();
  });

  test("leaves out what was refused, unless it is asked for", async () => {
    install(release(2));
    const { update, offers } = await begin({ slots: { refused }, options: { automatic: NEVER } });
    await update.beforeRestart(false);
    expect(offers).toEqual([]);
    await update.beforeRestart(true);
    expect(offers.map((program) => program.name)).toEqual([name(2)]);
    update.close();
  });
});

describe("old releases (--keep-latest-packages)", () => {
  const options = { keepLatestPackages: 2, automatic: NEVER };

  test("go, but for those the launcher may start", async () => {
    install(release(0));
    const good = { name: name(0), path: programPath(release(0)) };
    const { update, kept } = await begin({ options, slots: { good } });
    await update.clean();
    expect(kept).toEqual([{ count: 2, inUse: [name(1), name(1), name(0)] }]);
    update.close();
  });

  test.each<[string, () => Around]>([
    ["on trial", () => ({ slots: { onTrial: true } })],
    [
      "while a newer one is installed",
      () => {
        install(release(2));
        return {};
      },
    ],
  ])("stay %s", async (_, around) => {
    const { update, kept } = await begin({ ...around(), options });
    await update.clean();
    expect(kept).toEqual([]);
    update.close();
  });
});
