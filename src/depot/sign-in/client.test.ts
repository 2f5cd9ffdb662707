// Which address, scheme and account a request has, as far as connection and trusted proxies tell.
import { describe, expect, test } from "bun:test";
import { clientAddress, isNetwork, networks } from "./addresses.ts";
import { clientReader } from "./client.ts";
import { DEFAULT_SIGN_IN } from "./config.ts";

const PROXY = {
  addresses: ["192.0.2.1", "10.0.0.0/8", "fd00::/8"],
  accountHeader: "x-remote-user",
  newAccounts: false,
};

const read = (peer: string, headers: Readonly<Record<string, string>>, url?: string) =>
  clientReader({ ...DEFAULT_SIGN_IN, proxy: PROXY, url: url === undefined ? undefined : new URL(url) })(
    new Request("http://depot.internal:9636/v1/status", { headers }),
    peer,
  );

describe("the header that names an account", () => {
  test.each([
    ["a proxy", "192.0.2.1", "alice", "alice"],
    ["a proxy of a network", "10.200.3.4", "alice", "alice"],
    ["a proxy, as a socket of both families sees it", "::ffff:192.0.2.1", "alice", "alice"],
    ["a proxy of a network of IPv6", "fd12::7", "alice", "alice"],
    ["a proxy that asked for no name", "192.0.2.1", "", undefined],
    ["a neighbour of a proxy", "192.0.2.2", "alice", undefined],
    ["anybody", "203.0.113.5", "alice", undefined],
    ["this machine, where it is no proxy", "127.0.0.1", "alice", undefined],
    ["an address that cannot be read", "", "alice", undefined],
  ])("from %s", (_, peer, sent, account) => {
    const client = read(peer, { "X-Remote-User": sent });
    expect(client.proxyAccount).toBe(account);
    expect(client.pretends).toBe(account === undefined && sent !== "");
  });

  test("counts for nothing where none is configured", () => {
    const reader = clientReader({ ...DEFAULT_SIGN_IN, proxy: { ...PROXY, accountHeader: undefined } });
    const request = new Request("http://x/", { headers: { "X-Remote-User": "alice" } });
    expect(reader(request, "192.0.2.1").proxyAccount).toBeUndefined();
    expect(clientReader(DEFAULT_SIGN_IN)(request, "127.0.0.1").proxyAccount).toBeUndefined();
  });
});

describe("the address", () => {
  const isTrusted = networks(PROXY.addresses);
  test.each([
    ["203.0.113.5", "198.51.100.9", "203.0.113.5"],
    ["192.0.2.1", null, "192.0.2.1"],
    ["192.0.2.1", "198.51.100.9", "198.51.100.9"],
    ["192.0.2.1", "127.0.0.1, 198.51.100.9", "198.51.100.9"],
    ["192.0.2.1", "198.51.100.9, 10.1.1.1", "198.51.100.9"],
    ["192.0.2.1", "6.6.6.6, 198.51.100.9, 10.1.1.1, 10.2.2.2", "198.51.100.9"],
    ["192.0.2.1", "198.51.100.9:4711", "198.51.100.9"],
    ["192.0.2.1", "[2001:db8::9]:4711", "2001:db8::9"],
    ["192.0.2.1", "2001:db8::9", "2001:db8::9"],
    ["192.0.2.1", "::ffff:198.51.100.9", "198.51.100.9"],
    ["192.0.2.1", "198.51.100.9, unknown", "192.0.2.1"],
    ["192.0.2.1", "198.51.100.9,", "192.0.2.1"],
    ["192.0.2.1", "10.1.1.1", "10.1.1.1"],
  ])("of the peer %s that forwards for %p is %s", (peer, forwardedFor, address) => {
    expect(clientAddress(peer, forwardedFor, isTrusted)).toBe(address);
  });
});

describe("the origin browsers see", () => {
  test.each([
    ["203.0.113.5", {}, undefined, "http://depot.internal:9636"],
    ["203.0.113.5", { "X-Forwarded-Proto": "https" }, undefined, "http://depot.internal:9636"],
    ["192.0.2.1", { "X-Forwarded-Proto": "https" }, undefined, "https://depot.internal:9636"],
    ["192.0.2.1", { "X-Forwarded-Proto": "http, https" }, undefined, "https://depot.internal:9636"],
    [
      "203.0.113.5",
      { "X-Forwarded-Proto": "http" },
      "https://depot.example.com",
      "https://depot.example.com",
    ],
  ])("through %s with %p and url %p is %s", (peer, headers, url, origin) => {
    const client = read(peer, headers as Record<string, string>, url);
    expect([client.origin, client.isSecure]).toEqual([origin, origin.startsWith("https:")]);
  });
});

test.each([
  ["192.0.2.1", true],
  ["10.0.0.0/8", true],
  ["fd00::/8", true],
  ["10.0.0.0/33", false],
  ["10.0.0.0/-1", false],
  ["10.0.0/8", false],
  ["proxy.example.com", false],
  ["", false],
  ["10.0.0.0/8/8", false],
])("%p as a network: %p", (value, is) => {
  expect(isNetwork(value)).toBe(is);
});
