// `hab pkg gc` beside a Supervisor: what runs stays, even where a newer release is installed.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { TestSupervisor } from "./harness.ts";

const release = (number: number) => `2026010100000${number}`;

let supervisor: TestSupervisor;
beforeAll(async () => {
  supervisor = await TestSupervisor.create();
  supervisor.addPackage("web", { release: release(1) });
  await supervisor.start();
});
afterAll(async () => {
  await supervisor.stop();
});

test("keeps the release that runs and the newest, which runs next", async () => {
  supervisor.writeAddress();
  await supervisor.load("web");
  supervisor.addPackage("web", { release: release(2) });
  supervisor.addPackage("web", { release: release(3) });
  const { exit, out, err } = await supervisor.hab("pkg", "gc", "--all", "--yes", "--json");
  expect({ exit, err: exit === 0 ? "" : err }).toEqual({ exit: 0, err: "" });
  const { removed, kept } = JSON.parse(out) as Record<string, { ident: string; reason?: string }[]>;
  expect(removed?.map(({ ident }) => ident)).toEqual([`vec/web/1.0.0/${release(2)}`]);
  expect(kept).toEqual([
    { ident: `vec/web/1.0.0/${release(1)}`, reason: "loaded" },
    { ident: `vec/web/1.0.0/${release(3)}`, reason: "loaded" },
  ]);
});
