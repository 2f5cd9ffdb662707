import { expect, test } from "bun:test";
import { thisMachine } from "./machine.ts";

test("a depot of ours tells the time; one that is gone throws", async () => {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response("no", { status: 404 }),
  });
  const { depotTime } = thisMachine({}, new AbortController().signal);
  const url = server.url.href;
  expect(await depotTime(url)).toBeNumber();
  await server.stop(true);
  await expect(depotTime(url)).rejects.toThrow();
});
