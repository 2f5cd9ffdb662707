// Reading server-sent events, however they are cut into pieces.
import { describe, expect, test } from "bun:test";
import { eventReader } from "./events.ts";

function read(pieces: readonly string[]) {
  const events: unknown[] = [];
  const places: string[] = [];
  const take = eventReader({
    onEvent: ({ kind, data }) => events.push([kind, data]),
    onPlace: (place) => places.push(place),
  });
  const took = pieces.map((piece) => take(new TextEncoder().encode(piece)));
  return { events, places, took };
}

const STREAM =
  'retry: 2000\nid: 4\n\n:\n\nid: 5\nevent: upload\ndata: {"a":"ü"}\n\nid: 6\r\nevent:rollback\r\ndata: [1,\r\ndata: 2]\r\n\r\n';

describe("events", () => {
  test("are read whole", () => {
    expect(read([STREAM])).toMatchObject({
      events: [
        ["upload", { a: "ü" }],
        ["rollback", [1, 2]],
      ],
      places: ["4", "4", "5", "6"],
    });
  });

  test("are the same when every byte comes alone", () => {
    const bytes = new TextEncoder().encode(STREAM);
    const events: unknown[] = [];
    const take = eventReader({ onEvent: ({ kind }) => events.push(kind), onPlace: () => undefined });
    for (const byte of bytes) expect(take(Uint8Array.of(byte))).toBe(true);
    expect(events).toEqual(["upload", "rollback"]);
  });

  test("that are no JSON are passed over", () => {
    expect(read(["id: 1\nevent: x\ndata: nonsense\n\nid: 2\nevent: y\ndata: 1\n\n"])).toMatchObject({
      events: [["y", 1]],
      places: ["1", "2"],
    });
  });

  test("without an end are given up", () => {
    expect(read(["data: ", "x".repeat(2 ** 20), "x"]).took).toEqual([true, false, false]);
  });
});
