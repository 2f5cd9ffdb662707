import { describe, expect, test } from "bun:test";
import { ringErrors } from "./errors.ts";
import { parsePeer, resolvePeer, selfContactAddress } from "./peers.ts";

const known: Record<string, string[]> = {
  localhost: ["127.0.0.1"],
  three: ["10.0.0.1", "10.0.0.2", "10.0.0.3"],
};
const resolve = async (host: string) => {
  const found = known[host];
  if (found === undefined) throw new Error("ENOTFOUND");
  return found;
};

describe("a peer as written (§21.24)", () => {
  const cases: [text: string, host: string, port: number][] = [
    ["127.0.0.1", "127.0.0.1", 9638],
    ["localhost", "localhost", 9638],
    ["1.2.3.4:1500", "1.2.3.4", 1500],
    ["an_invalid_address", "an_invalid_address", 9638],
    [" ring.example:9638\r", "ring.example", 9638],
    ["[2001:db8::1]:1500", "2001:db8::1", 1500],
    ["[::1]", "::1", 9638],
    ["2001:db8::1", "2001:db8::1", 9638],
  ];
  test.each(cases)("%p", (text, host, port) => expect(parsePeer(text)).toEqual({ host, port }));

  const refused = ["", "  ", ":1500", "host:", "host:0", "host:65536", "host:12x", "1.2.3.4.5", "999.1.1.1"];
  test.each([...refused, "[1.2.3.4]:1", "[::1", "a b", "http://host", "host/path"])("refused: %p", (text) => {
    expect(() => parsePeer(text)).toThrow(expect.objectContaining({ code: ringErrors.malformedPeer.code }));
  });
});

describe("a peer's addresses (§21.24)", () => {
  test("a name may have several", async () => {
    expect(await resolvePeer(parsePeer("localhost"), 4, resolve)).toEqual([
      { host: "127.0.0.1", port: 9638 },
    ]);
    expect(await resolvePeer(parsePeer("three:7"), 4, resolve)).toHaveLength(3);
  });
  test("a name nobody knows is an error", async () => {
    const failing = resolvePeer(parsePeer("an_invalid_address"), 4, resolve);
    await expect(failing).rejects.toMatchObject({ code: ringErrors.unresolvedPeer.code });
  });
  test("IPv6 needs a member that listens on it", async () => {
    const peer = parsePeer("[2001:db8::1]:7");
    expect(await resolvePeer(peer, "any", resolve)).toEqual([{ host: "2001:db8::1", port: 7 }]);
    await expect(resolvePeer(peer, 4, resolve)).rejects.toMatchObject({
      code: ringErrors.unresolvedPeer.code,
    });
  });
  test("the wildcard is this host; an address is kept", () => {
    expect(selfContactAddress({ host: "0.0.0.0", port: 9638 })).toEqual({ host: "127.0.0.1", port: 9638 });
    expect(selfContactAddress({ host: "10.0.0.5", port: 9638 })).toEqual({ host: "10.0.0.5", port: 9638 });
  });
});
