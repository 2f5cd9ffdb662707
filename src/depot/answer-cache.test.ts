// Kept answers: true for one version of the database only, bounded, and the same for all who are nobody.
import { expect, test } from "bun:test";
import { AnswerCache } from "./answer-cache.ts";
import { MAX_CACHED_BYTES } from "./limits.ts";
import { startTestDepot } from "./testing/depot.ts";

function cacheAt(start: string) {
  const now = { version: start, computed: 0 };
  const cache = new AnswerCache<{ body: string }>(
    () => now.version,
    ({ body }) => body.length,
  );
  const ask = (key: string, alias?: string, size = 10): Promise<{ body: string }> =>
    cache.get(
      key,
      async () => {
        now.computed++;
        return { body: `${now.version} ${"x".repeat(size)}` };
      },
      alias,
    );
  return { cache, now, ask };
}

test("an answer is computed once for each version, and found by its other name", async () => {
  const { cache, now, ask } = cacheAt("1");
  expect(cache.known("alias")).toBeUndefined();
  const first = await ask("key", "alias");
  expect(await ask("key", "other alias")).toBe(first);
  expect(cache.known("alias")).toBe(first);
  expect(cache.known("other alias")).toBe(first);
  expect(now.computed).toBe(1);
  now.version = "2";
  expect(cache.known("alias")).toBeUndefined();
  expect((await ask("key")).body).toStartWith("2");
  expect(now.computed).toBe(2);
});

test("an answer that was computed while something was written is not kept for what came after", async () => {
  const { cache, now, ask } = cacheAt("1");
  const answer = await cache.get(
    "key",
    async () => {
      now.version = "2";
      // Somebody else sees the new version meanwhile.
      await ask("another");
      return { body: "old" };
    },
    "alias",
  );
  expect(answer.body).toBe("old");
  expect(cache.known("alias")).toBeUndefined();
  expect((await ask("key")).body).toStartWith("2");
});

test("what is asked for stays, the rest is forgotten when there is too much", async () => {
  const { now, ask } = cacheAt("1");
  const size = MAX_CACHED_BYTES / 16;
  await ask("wanted", undefined, size);
  await ask("unwanted", undefined, size);
  for (let index = 0; index < 40; index++) {
    await ask(`filler ${index}`, undefined, size);
    await ask("wanted", undefined, size);
  }
  expect(now.computed).toBe(42);
  await ask("unwanted", undefined, size);
  expect(now.computed).toBe(43);
});

test("nobody is answered what a member is, nor the answer for another target, and all hear of a change at once", async () => {
  const depot = await startTestDepot();
  try {
    const token = await depot.account("bobo");
    await depot.call("POST", "/depot/origins", {
      token,
      json: { name: "acme", default_package_visibility: "private" },
    });
    const origin = async (): Promise<unknown> => (await depot.call("GET", "/depot/origins/acme")).json();
    const before = await origin();
    expect(before).toMatchObject({ default_package_visibility: "private" });
    expect(await origin()).toEqual(before);
    // A name that is nobody's is refused here as anywhere, also for what is kept.
    expect((await depot.call("GET", "/depot/origins/acme", { token: "wrong" })).status).toBe(401);
    await depot.call("PUT", "/depot/origins/acme", { token, json: { default_package_visibility: "public" } });
    expect(await origin()).toMatchObject({ default_package_visibility: "public" });
    // Another process.
    await depot.write(async ({ db }) => {
      await db.updateTable("origins").set({ default_package_visibility: "private" }).execute();
    });
    expect(await origin()).toMatchObject({ default_package_visibility: "private" });
    const latest = "/depot/pkgs/acme/app/latest";
    expect((await depot.call("GET", latest)).status).toBe(404);
    expect((await depot.call("GET", latest)).status).toBe(404);
    expect((await depot.call("HEAD", latest)).status).toBe(404);
  } finally {
    await depot.stop();
  }
});
