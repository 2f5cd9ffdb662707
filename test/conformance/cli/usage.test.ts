// What the original's parser answers: exit code, and the first line of each usage error, word for word.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { HAB, run } from "../../binary/program.ts";

interface Case {
  readonly argv: string[];
  readonly env?: Record<string, string>;
  readonly exit: number;
  readonly error?: string;
  readonly stdout?: string;
}

interface WorldFile {
  readonly path: string;
  readonly content?: string;
  readonly content_repeat?: string;
  readonly count?: number;
}

const vectors: { world: WorldFile[]; cases: Case[] } = JSON.parse(
  readFileSync(join(import.meta.dir, "usage.json"), "utf8"),
);

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-usage-"));
  for (const name of ["root", "home", "cwd"]) mkdirSync(join(directory, name));
  for (const { path, content, content_repeat = "", count = 0 } of vectors.world) {
    const place = path.replace("$ROOT", join(directory, "root")).replace("$CWD", join(directory, "cwd"));
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content ?? content_repeat.repeat(count));
  }
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("the command line of Habitat 2.1.78", () => {
  const rows = vectors.cases.map(
    (vector) =>
      [
        [
          ...Object.entries(vector.env ?? {}).map(([name, value]) => `${name}=${value}`),
          "hab",
          ...vector.argv,
        ].join(" "),
        vector,
      ] as const,
  );
  test.each(rows)("%s", async (_, vector) => {
    const { code, stdout, stderr } = await run([HAB, ...vector.argv], {
      cwd: join(directory, "cwd"),
      env: {
        HOME: join(directory, "home"),
        FS_ROOT: join(directory, "root"),
        HAB_NOCOLORING: "true",
        HAB_NONINTERACTIVE: "true",
        HAB_LICENSE: "accept-no-persist",
        ...vector.env,
      },
    });
    expect(code).toBe(vector.exit);
    if (vector.error !== undefined) expect(stderr.split("\n")[0]).toBe(vector.error);
    if (vector.stdout !== undefined) expect(stdout).toBe(vector.stdout);
  });
});
