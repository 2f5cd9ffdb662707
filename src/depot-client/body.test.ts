import { expect, test } from "bun:test";
import { boundedText } from "./body.ts";

test("an answer up to the limit is read, a longer one is not", async () => {
  expect(await boundedText(new Response("abc"), 3)).toBe("abc");
  expect(await boundedText(new Response(null), 3)).toBe("");
  expect(await boundedText(new Response("abcd"), 3)).toBeUndefined();
});

test("an answer without end costs no more than the limit", async () => {
  let sent = 0;
  const endless = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(1000));
      sent += 1000;
    },
  });
  expect(await boundedText(new Response(endless), 10_000)).toBeUndefined();
  expect(sent).toBeLessThan(30_000);
});
