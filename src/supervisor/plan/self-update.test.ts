import { describe, expect, test } from "bun:test";
import { type FullIdent, formatIdent, parseFullIdent } from "../../package/index.ts";
import { selfUpdatePeriodMs, successorOf } from "./self-update.ts";

const ident = (text: string): FullIdent => parseFullIdent(`acme/hab-sup/${text}`);
const running = ident("0.2.0/20260101000002");

describe("the release a Supervisor changes to", () => {
  test.each<[string, string[], string[], string | undefined]>([
    ["none where none is offered", [], [], undefined],
    ["not itself", ["0.2.0/20260101000002"], [], undefined],
    ["a newer release of its version", ["0.2.0/20260101000003"], [], "0.2.0/20260101000003"],
    ["a newer version, though its release is older", ["0.10.0/20250101000000"], [], "0.10.0/20250101000000"],
    ["never an older one", ["0.1.9/20270101000000", "0.2.0/20260101000001"], [], undefined],
    [
      "the newest of the channel and what is installed",
      ["0.3.0/20260101000003", "0.3.1/20260101000001", "0.2.0/20260101000009"],
      [],
      "0.3.1/20260101000001",
    ],
    ["not one that was refused", ["0.3.0/20260101000003"], ["0.3.0/20260101000003"], undefined],
    [
      "a newer one than was refused",
      ["0.3.0/20260101000003", "0.3.0/20260101000004"],
      ["0.3.0/20260101000003"],
      "0.3.0/20260101000004",
    ],
    [
      "one between what runs and what was refused",
      ["0.2.5/20260101000003", "0.3.0/20260101000003"],
      ["0.3.0/20260101000003"],
      "0.2.5/20260101000003",
    ],
  ])("%s", (_, offered, refused, expected) => {
    const names = refused.map((text) => formatIdent(ident(text)));
    const found = successorOf(running, offered.map(ident), (name) => names.includes(name));
    expect(found && formatIdent(found)).toBe(expected && `acme/hab-sup/${expected}`);
  });
});

test.each<[number, string | undefined, number]>([
  [60, undefined, 60_000],
  [0, undefined, 1000],
  [60, "250", 250],
  [60, "0", 60_000],
  [60, "soon", 60_000],
  [60, "", 60_000],
])("looks every %p s, HAB_SUP_UPDATE_MS=%p: %p ms", (seconds, variable, expected) => {
  expect(selfUpdatePeriodMs(seconds, variable)).toBe(expected);
});
