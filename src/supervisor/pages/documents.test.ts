import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Documents } from "./documents.ts";

const told = (documents: Documents, version: number) =>
  [...documents.after(version)].map(({ key, json }) => `${key}=${json ?? "gone"}`);

describe("documents", () => {
  test("tell each change once, as things are now", () => {
    const documents = new Documents(10);
    documents.put("a", "1");
    documents.put("b", "1");
    const seen = documents.version;
    documents.put("a", "2");
    documents.put("a", "3");
    expect(told(documents, seen)).toEqual(["a=3"]);
    expect(told(documents, 0)).toEqual(["b=1", "a=3"]);
  });

  test("that are put as they are tell nothing, those that are removed tell that", () => {
    const documents = new Documents(10);
    documents.put("a", "1");
    const seen = documents.version;
    expect(documents.put("a", "1")).toBe(false);
    expect(documents.put("b", undefined)).toBe(false);
    documents.retain((key) => key === "a", new Set());
    expect(told(documents, seen)).toEqual(["a=gone"]);
    expect(documents.get("a")).toBeUndefined();
  });

  test("remember so many removals; who has missed more has to begin anew", () => {
    const documents = new Documents(4);
    for (let index = 0; index < 5; index++) documents.put(`k${index}`, "1");
    const seen = documents.version;
    expect(documents.horizon).toBe(0);
    documents.retain(() => true, new Set());
    expect(documents.horizon).toBeGreaterThan(seen);
    expect(told(documents, documents.horizon)).toEqual(["k3=gone", "k4=gone"]);
  });

  test("that are dropped are forgotten: who comes back begins anew, who is here does not", () => {
    const documents = new Documents(4);
    documents.put("a", "1");
    documents.put("b", "1");
    documents.drop((key) => key === "a");
    expect(told(documents, 0)).toEqual(["b=1"]);
    expect(documents.dropped).toBe(documents.version);
    expect(documents.horizon).toBe(0);
  });

  test("whoever goes on from a number has in the end what there is", () => {
    const step = fc.record({
      key: fc.constantFrom("a", "b", "c"),
      json: fc.option(fc.constantFrom("1", "2")),
    });
    fc.assert(
      fc.property(fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 8 }), (rounds) => {
        const documents = new Documents(1000);
        const copy = new Map<string, string>();
        let version = 0;
        for (const round of rounds) {
          for (const { key, json } of round) documents.put(key, json ?? undefined);
          for (const change of documents.after(version)) {
            version = change.version;
            if (change.json === undefined) copy.delete(change.key);
            else copy.set(change.key, change.json);
          }
        }
        for (const key of ["a", "b", "c"]) expect(copy.get(key)).toBe(documents.get(key));
      }),
    );
  });
});
