// Who came by a way that no row of their account tells of.
import { expect, test } from "bun:test";
import { cameByName } from "./authentication.ts";

test.each([
  ["the proxy in front", { by: "proxy" }, true],
  ["a session that the proxy began", { by: "session", session: { way: "proxy" } }, true],
  ["a session that a ticket began", { by: "session", session: { way: "kerberos" } }, true],
  ["a session that a password began", { by: "session", session: { way: "password" } }, false],
  ["a session that a service began", { by: "session", session: { way: "github" } }, false],
  ["a token", { by: "token" }, false],
] as const)("by name: %s", (_, signedIn, byName) => {
  expect(cameByName(signedIn)).toBe(byName);
});
