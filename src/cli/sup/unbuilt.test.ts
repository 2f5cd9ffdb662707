import { describe, expect, test } from "bun:test";
import { HabError } from "../../error/index.ts";
import type { RunValues } from "./run-options.ts";
import { refuseUnbuilt } from "./unbuilt.ts";

const nothing = { peer: [], autoUpdate: false } as unknown as RunValues;

describe("options whose effect is not built", () => {
  test("nothing asked for passes", () => expect(() => refuseUnbuilt(nothing)).not.toThrow());

  test.each([{ autoUpdate: true }])("%j is refused rather than ignored", (asked) => {
    const refuse = () => refuseUnbuilt({ ...nothing, ...asked } as unknown as RunValues);
    expect(refuse).toThrow(HabError);
    expect(refuse).toThrow("is not built yet");
  });
});
