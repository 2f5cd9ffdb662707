import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Socket } from "bun";
import { generateRingKey } from "../../crypto/index.ts";
import { ringErrors } from "../errors.ts";
import { CLIENT_ID, type Rumor } from "../rumor.ts";
import { insertServiceConfig } from "../services.ts";
import { greeting, ready } from "../wire/zmtp-handshake.ts";
import { pingFrom, type ScriptedNode, startScripted, stopAll, until } from "./scripted.ts";

afterEach(stopAll);

const ringKey = generateRingKey("test", new Date());
const otherKey = generateRingKey("other", new Date());

const config = (group: string, text = "port = 1\n"): Rumor => ({
  kind: "service-config",
  fromId: CLIENT_ID,
  value: {
    serviceGroup: `${group}.default`,
    incarnation: 1n,
    encrypted: false,
    config: Buffer.from(text),
    fromId: CLIENT_ID,
  },
});

const ping = (from: ScriptedNode, to: ScriptedNode): void =>
  from.act({ kind: "datagram", to: to.node.address, message: pingFrom(from.machine.self) });
const push = (from: ScriptedNode, to: ScriptedNode, number: number, messages: Rumor[], once = false): void =>
  from.act({ kind: "push", push: number, to: "far", address: to.node.address, messages, once });

for (const [name, key] of [
  ["without a key", undefined],
  ["with a ring key", ringKey],
] as const)
  describe(`two members ${name}`, () => {
    test("exchange datagrams", async () => {
      const [a, b] = [await startScripted({ key }), await startScripted({ key })];
      ping(a, b);
      await until(() => a.machine.of("datagram").length === 1);
      expect(a.machine.of("datagram")[0]).toMatchObject({
        from: b.node.address,
        message: { kind: "ack", from: { id: b.machine.self.id } },
      });
      expect(a.node.health().datagrams).toMatchObject({ in: { count: 1 }, out: { count: 1 } });
      expect(b.counted.get("swim_messages_received_total{ping,success}")).toBe(1);
    });

    test("exchange rumors by one connection that stays open, in order", async () => {
      const [a, b] = [await startScripted({ key }), await startScripted({ key })];
      push(a, b, 1, [config("one"), config("two", "x".repeat(100_000))]);
      push(a, b, 2, [config("three")]);
      await until(() => b.machine.of("message").length === 3 && a.machine.of("pushed").length === 2);
      expect(a.machine.of("pushed")).toEqual([
        { kind: "pushed", push: 1, delivered: true },
        { kind: "pushed", push: 2, delivered: true },
      ]);
      expect(a.machine.of("link")).toEqual([{ kind: "link", to: "far", state: "up", own: true }]);
      const groups = b.machine.of("message").map(({ message }) => "value" in message && message.value);
      expect(groups).toMatchObject([
        { serviceGroup: "one.default" },
        { serviceGroup: "two.default" },
        { serviceGroup: "three.default" },
      ]);
      expect(b.node.health().connections.incoming).toBe(1);
      // This machine stores nothing: to it, none is news.
      expect(b.counted.get("ignored_rumor_total{service-config}")).toBe(3);
    });
  });

test("two members of IPv6 exchange datagrams and rumors", async () => {
  const listen = { host: "::1", port: 0 };
  const [a, b] = [await startScripted({ listen }), await startScripted({ listen })];
  ping(a, b);
  push(a, b, 1, [config("one")]);
  await until(() => a.machine.of("datagram").length === 1 && b.machine.of("message").length === 1);
  expect(a.machine.of("datagram")[0]).toMatchObject({ from: b.node.address, message: { kind: "ack" } });
  expect(b.machine.of("message")[0]).toMatchObject({ from: "::1" });
});

test("a flood of datagrams does not keep a member from answering others", async () => {
  const [a, b] = [await startScripted(), await startScripted()];
  const { host, port } = b.node.address;
  const flood = await Bun.udpSocket({ connect: { hostname: host, port } });
  const junk = Array.from({ length: 200 }, () => new Uint8Array(1000).fill(7));
  for (let answered = 0; answered < 20; answered++) {
    // More than it looks at in one turn, before each Ping.
    for (let times = 0; times < 5; times++) flood.sendMany(junk);
    ping(a, b);
    await until(() => a.machine.of("datagram").length > answered);
  }
  flood.close();
  expect(b.node.health().datagrams.dropped["not-an-envelope"]).toBeGreaterThan(1000);
});

describe("a member with a key and one without, or with another", () => {
  test.each([[undefined], [otherKey]])("do not hear each other, and both count it", async (key) => {
    const [a, b] = [await startScripted({ key: ringKey }), await startScripted({ key })];
    ping(a, b);
    ping(b, a);
    push(a, b, 1, [config("one")]);
    push(b, a, 1, [config("one")]);
    const dropped = ({ node }: ScriptedNode, what: "datagrams" | "messages") =>
      Object.values(node.health()[what].dropped).reduce((sum, count) => sum + count, 0);
    await until(() =>
      [a, b].every((node) => dropped(node, "datagrams") === 1 && dropped(node, "messages") === 1),
    );
    expect(a.node.health().datagrams.dropped["wrong-key"]).toBe(1);
    expect([a, b].flatMap(({ machine }) => [...machine.of("datagram"), ...machine.of("message")])).toEqual(
      [],
    );
    expect(a.lines.join("\n")).toContain("ring key");
  });
});

describe("connections", () => {
  test("a push to a port that nobody listens on is refused, not delivered", async () => {
    const a = await startScripted();
    const gone = await startScripted();
    await gone.node.stop();
    push(a, gone, 7, [config("one")]);
    await until(() => a.machine.of("pushed").length === 1);
    expect(a.machine.of("link")).toEqual([{ kind: "link", to: "far", state: "refused" }]);
    expect(a.machine.of("pushed")).toEqual([{ kind: "pushed", push: 7, delivered: false }]);
    expect(a.counted.get("gossip_messages_sent_total{socket_connect,failure}")).toBe(1);
  });

  test("`once` closes after the messages, without loss", async () => {
    const [a, b] = [await startScripted(), await startScripted()];
    const many = Array.from({ length: 3000 }, (_, index) => config(`s${index}`));
    push(a, b, 1, many, true);
    await until(() => b.machine.of("message").length === 3000);
    await until(() => b.node.health().connections.incoming === 0);
    expect(a.machine.of("pushed")).toEqual([{ kind: "pushed", push: 1, delivered: true }]);
    expect(a.node.health().connections.outgoing).toBe(0);
  });

  test("a link is told when it is up, asked for again, and closed by the far end", async () => {
    const [a, b] = [await startScripted(), await startScripted()];
    const link = { kind: "link", to: "far", address: b.node.address } as const;
    a.act(link);
    await until(() => a.machine.of("link").length === 1);
    a.act(link);
    await until(() => a.machine.of("link").length === 2);
    expect(a.node.health().connections).toMatchObject({ outgoing: 1, linked: 1 });
    await b.node.stop();
    await until(() => a.machine.of("link").length === 3);
    expect(a.machine.of("link").map(({ state }) => state)).toEqual(["up", "up", "closed"]);
    a.act({ kind: "unlink", to: "far" });
    expect(a.node.health().connections.outgoing).toBe(0);
  });

  test("unlink closes at the far end too", async () => {
    const [a, b] = [await startScripted(), await startScripted()];
    a.act({ kind: "link", to: "far", address: b.node.address });
    await until(() => b.node.health().connections.incoming === 1 && a.machine.of("link").length === 1);
    a.act({ kind: "unlink", to: "far" });
    await until(() => b.node.health().connections.incoming === 0);
    expect(a.machine.of("link")).toHaveLength(1);
  });

  test("who introduced itself by a hello is told with each message", async () => {
    const [a, b] = [await startScripted(), await startScripted()];
    const messages = [{ kind: "hello", from: a.machine.self } as const, config("one")];
    a.act({ kind: "push", push: 1, to: "far", address: b.node.address, messages });
    await until(() => b.machine.of("message").length === 2);
    expect(b.machine.of("message")).toMatchObject([
      { from: "127.0.0.1", by: a.machine.self.id },
      { from: "127.0.0.1", by: a.machine.self.id },
    ]);
  });

  test("a knock is answered open, or refused", async () => {
    const [a, b] = [await startScripted(), await startScripted()];
    const knock = (to: string) => ({ kind: "knock", to, address: b.node.address, withinMs: 1000 }) as const;
    a.act(knock("there"));
    await until(() => a.machine.of("knocked").length === 1);
    await b.node.stop();
    a.act(knock("gone"));
    await until(() => a.machine.of("knocked").length === 2);
    expect(a.machine.of("knocked").map(({ answer }) => answer)).toEqual(["open", "refused"]);
  });
});

describe("far ends that do not do their part", () => {
  /** A listener that is scripted by hand. */
  const listen = (greet: Uint8Array | undefined) => {
    const state: { received: number; sockets: Socket<undefined>[] } = { received: 0, sockets: [] };
    const server = Bun.listen<undefined>({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        open(socket) {
          state.sockets.push(socket);
          if (greet !== undefined) socket.write(greet);
        },
        data(socket, bytes) {
          state.received += bytes.length;
          if (greet !== undefined) socket.pause();
        },
      },
    });
    return { state, server, address: { host: "127.0.0.1", port: server.port } };
  };

  test("one that hangs up instead of introducing itself is lost", async () => {
    const far = listen(undefined);
    const a = await startScripted();
    a.act({ kind: "push", push: 1, to: "far", address: far.address, messages: [config("one")] });
    await until(() => far.state.received > 0);
    for (const socket of far.state.sockets) socket.end();
    await until(() => a.machine.of("pushed").length === 1);
    expect(a.machine.of("link")).toEqual([{ kind: "link", to: "far", state: "lost" }]);
    expect(a.machine.of("pushed")[0]!.delivered).toBe(false);
    far.server.stop(true);
  });

  test("one that takes the connection and says nothing is lost after some seconds", async () => {
    const far = listen(undefined);
    const a = await startScripted();
    a.act({ kind: "push", push: 1, to: "far", address: far.address, messages: [config("one")] });
    await until(() => a.machine.of("pushed").length === 1);
    expect(a.machine.of("link")).toEqual([{ kind: "link", to: "far", state: "lost" }]);
    expect([a.machine.of("pushed")[0]!.delivered, a.node.health().connections.outgoing]).toEqual([false, 0]);
    far.server.stop(true);
  });

  test("one that reads nothing makes us hold a chunk, not all; what it did not take is not delivered", async () => {
    const far = listen(Buffer.concat([greeting(), ready("PULL", false)]));
    const a = await startScripted();
    const messages = Array.from({ length: 300 }, () => config("big", "z".repeat(100_000)));
    a.act({ kind: "push", push: 1, to: "far", address: far.address, messages });
    await until(() => far.state.received > 0 && a.machine.of("link").length === 1);
    await until(() => a.node.health().messages.out.count > 0);
    ping(a, a); // the loop is not held up
    await until(() => a.machine.of("datagram").length > 0);
    expect(a.node.health().messages.out.count).toBeLessThan(300);
    for (const socket of far.state.sockets) socket.terminate();
    await until(() => a.machine.of("pushed").length === 1);
    expect(a.machine.of("pushed")[0]!.delivered).toBe(false);
    far.server.stop(true);
  });
});

describe("the event loop", () => {
  test("an answer that came in time is looked at before the timer that the loop is late for", async () => {
    const [a, b] = [await startScripted(), await startScripted()];
    a.machine.wake = performance.now() + 20;
    ping(b, a); // it reaches the kernel now; the loop is then blocked until after the time of the timer
    const end = performance.now() + 80;
    while (performance.now() < end);
    const timer = () => a.machine.of("timer");
    const stop = setInterval(() => {
      if (timer().length > 0) a.machine.wake = Number.POSITIVE_INFINITY;
    }, 1);
    await until(() => timer().length > 0 && a.machine.of("datagram").length > 0);
    clearInterval(stop);
    const kinds = a.machine.events.map(({ kind }) => kind);
    expect(kinds.indexOf("datagram")).toBeLessThan(kinds.indexOf("timer"));
    expect(timer()[0]!.lateMs).toBeGreaterThan(NOTICED_MS);
    expect(a.node.health().lag.worstMs).toBeGreaterThan(NOTICED_MS);
  });

  test("a flood of rumors does not keep a Ping from its answer, and all of them are looked at", async () => {
    const [a, b, c] = [await startScripted(), await startScripted(), await startScripted()];
    const RUMORS = 8_000;
    push(
      a,
      b,
      1,
      Array.from({ length: RUMORS }, () => config("flood", "y".repeat(300))),
    );
    await until(() => b.machine.of("message").length > 100);
    ping(c, b);
    await until(() => c.machine.of("datagram").length === 1);
    expect(b.machine.of("message").length).toBeLessThan(RUMORS);
    await until(() => b.machine.of("message").length === RUMORS);
  }, 20_000);

  test("a fault of the machine is told with its code, and the member lives on", async () => {
    const a = await startScripted({
      script: (event) => {
        if (event.kind === "leave") throw new Error("no such luck");
        return undefined;
      },
    });
    a.node.apply({ kind: "leave" });
    expect(a.lines.join()).toContain(`${ringErrors.protocolFault.code} on leave: no such luck`);
    expect(a.node.health().faults).toBe(1);
  });

  test("changes are told once for all in a turn", async () => {
    const a = await startScripted({
      script: (event, { state }) => {
        if (event.kind === "announce" && event.rumor.kind === "service-config")
          insertServiceConfig(state, event.rumor.value);
        return undefined;
      },
    });
    for (const group of ["one", "two", "three"]) a.node.apply({ kind: "announce", rumor: config(group) });
    expect(a.changes).toBe(0);
    await until(() => a.changes > 0);
    expect(a.changes).toBe(1);
  });
});

const NOTICED_MS = 40;

describe("the disk", () => {
  test("the incarnation is written at once, the state soon, both without a call that waits", async () => {
    const a = await startScripted({
      script: (event, { state }) => {
        if (event.kind !== "announce" || event.rumor.kind !== "service-config") return undefined;
        insertServiceConfig(state, event.rumor.value);
        state.incarnation++;
        return [{ kind: "incarnation", incarnation: state.incarnation }];
      },
    });
    const data = (name: string) => readFileSync(join(a.directory, "data", name));
    const before = data(`${a.node.state.self}.rst`).length;
    a.node.apply({ kind: "announce", rumor: config("one") });
    await until(() => data("INCARNATION").toString() === "1");
    await until(() => data(`${a.node.state.self}.rst`).length > before);
  });

  test("one that fails is told about once, and written to when it is back", async () => {
    const a = await startScripted();
    const data = join(a.directory, "data");
    renameSync(data, `${data}.away`);
    a.node.state.incarnation = 5n;
    a.act({ kind: "incarnation", incarnation: 5n });
    await until(() => a.node.health().disk.failure !== undefined);
    renameSync(`${data}.away`, data);
    await a.node.stop();
    expect(readFileSync(join(data, "INCARNATION"), "utf8")).toBe("5");
    expect(a.lines.filter((line) => line.includes(ringErrors.stateUnusable.code))).toHaveLength(1);
  });
});

describe("peers", () => {
  const names: Record<string, string[]> = { ring: ["10.0.0.1", "10.0.0.2"], self: ["127.0.0.1"] };
  const resolve = async (host: string) => {
    const found = names[host];
    if (found === undefined) throw new Error("ENOTFOUND");
    return found;
  };
  const told = (node: ScriptedNode) => node.machine.of("peers").at(-1)?.peers ?? [];

  test("names and addresses are told, bad and unknown ones reported", async () => {
    const a = await startScripted({ peers: ["ring:1", "10.0.0.9", "", "nobody"], resolve });
    await until(() => told(a).length === 3 && a.lines.length === 2);
    expect(
      told(a)
        .map(({ host, port }) => `${host}:${port}`)
        .sort(),
    ).toEqual(["10.0.0.1:1", "10.0.0.2:1", "10.0.0.9:9638"]);
    expect(a.lines.join("\n")).toContain(ringErrors.malformedPeer.code);
    expect(a.lines.join("\n")).toContain(ringErrors.unresolvedPeer.code);
  });

  test("ourselves are left out", async () => {
    const other = await startScripted();
    const { port } = other.node.address;
    await other.node.stop();
    const a = await startScripted({
      listen: { host: "0.0.0.0", port },
      peers: [`self:${port}`, `127.0.0.1:${port}`, "10.0.0.9"],
      resolve,
    });
    await until(() => told(a).length > 0);
    expect(told(a)).toEqual([{ host: "10.0.0.9", port: 9638 }]);
  });

  test("the watch file is read again when it is replaced, also through a link to another directory", async () => {
    const { directory } = await startScripted();
    const versions = (name: string, text: string) => {
      mkdirSync(join(directory, name));
      writeFileSync(join(directory, name, "peers"), text);
    };
    versions("v1", "10.0.0.1\n\n10.0.0.2:7\n");
    symlinkSync("v1", join(directory, "current"));
    symlinkSync("current/peers", join(directory, "peers"));
    const a = await startScripted({ peerWatchFile: join(directory, "peers"), resolve });
    await until(() => told(a).length === 2);
    expect(a.lines.join("\n")).toContain("line 2");
    versions("v2", "10.0.0.3\n");
    symlinkSync("v2", join(directory, "next"));
    renameSync(join(directory, "next"), join(directory, "current"));
    await until(() => told(a).length === 1);
    expect(told(a)).toEqual([{ host: "10.0.0.3", port: 9638 }]);
    rmSync(join(directory, "current"));
  });
});

describe("starting", () => {
  test("a port in use for datagrams, or for connections, has its code and exit code", async () => {
    const a = await startScripted();
    await expect(startScripted({ listen: a.node.address })).rejects.toMatchObject({
      code: ringErrors.cannotListenForDatagrams.code,
      exitCode: 86,
    });
    const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    await expect(startScripted({ listen: { host: "127.0.0.1", port: server.port } })).rejects.toMatchObject({
      code: ringErrors.cannotListenForConnections.code,
      exitCode: 86,
    });
    server.stop(true);
  });
});

describe("leaving", () => {
  test("waits until the farewell is handed over", async () => {
    const b = await startScripted();
    const a = await startScripted({
      script: (event) =>
        event.kind === "leave"
          ? [{ kind: "push", push: 1, to: "far", address: b.node.address, messages: [config("bye")] }]
          : undefined,
    });
    await a.node.leave();
    expect(a.node.health().waiting.outgoing).toBe(0);
    await a.node.stop();
    await until(() => b.machine.of("message").length === 1);
  });
});

describe("ICMP", () => {
  test("names the address where only one was sent to", async () => {
    const a = await startScripted();
    const gone = await startScripted();
    await gone.node.stop();
    ping(a, gone);
    await until(() => a.machine.of("unreachable").length === 1);
    expect(a.machine.of("unreachable")).toEqual([{ kind: "unreachable", address: gone.node.address }]);
  });
});
