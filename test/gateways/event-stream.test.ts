// The event stream with a real NATS server: the client alone, then a whole Supervisor (reference/supervisor.md §17).
import { afterEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { selfSignedCertificate } from "../../src/crypto/index.ts";
import { freePort } from "../../src/depot/testing/free-port.ts";
import {
  MAX_KEPT_EVENTS,
  NatsPublisher,
  type PublisherOptions,
} from "../../src/supervisor/event-stream/nats-publisher.ts";
import { TestSupervisor } from "../supervisor/harness.ts";
import { NatsServer } from "./nats-server.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function server(port: number, tls?: { certificate: string; key: string }): Promise<NatsServer> {
  const started = await NatsServer.start(port, "tok", tls);
  closers.push(() => started.stop());
  return started;
}

function publisher(port: number, options: Partial<PublisherOptions> = {}) {
  const said: string[] = [];
  const counts = { sent: 0, dropped: 0 };
  const made = new NatsPublisher({
    address: { host: "127.0.0.1", port },
    login: { kind: "token", token: "tok" },
    name: "hab_client_test",
    authorities: async () => [],
    count: (outcome) => {
      counts[outcome] += 1;
    },
    say: (line) => said.push(line),
    retryMs: () => 20,
    ...options,
  });
  closers.push(() => made.close());
  return { publisher: made, said, counts };
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = performance.now() + 60_000; !condition(); await Bun.sleep(5))
    if (performance.now() > deadline) throw new Error("waited in vain");
}

const bytes = (text: string) => new TextEncoder().encode(text);
const texts = (messages: readonly { payload: Uint8Array }[]) =>
  messages.map(({ payload }) => new TextDecoder().decode(payload));

describe("the client", () => {
  test("publishes in order, whatever the bytes", async () => {
    const nats = await server(freePort());
    const listening = await nats.listen();
    const { publisher: client, counts } = publisher(nats.port);
    await client.connected;
    client.publish("habitat.event.a", bytes("one"));
    client.publish("habitat.event.b", bytes("two\r\nPUB x 0\r\n"));
    client.publish("habitat.event.c", new Uint8Array(0));
    await until(() => listening.messages.length === 3);
    expect(listening.messages.map(({ subject }) => subject.slice(-1))).toEqual(["a", "b", "c"]);
    expect(texts(listening.messages)).toEqual(["one", "two\r\nPUB x 0\r\n", ""]);
    expect(counts).toEqual({ sent: 3, dropped: 0 });
    listening.close();
  });

  test("keeps events until a server is there, and finds it again when it was gone", async () => {
    const port = freePort();
    const { publisher: client, said } = publisher(port);
    client.publish("habitat.event.a", bytes("early"));
    await until(() => said.length > 0);
    expect(said[0]).toContain("trying again");

    const first = await server(port);
    const listening = await first.listen();
    await client.connected;
    client.publish("habitat.event.a", bytes("late"));
    await until(() => texts(listening.messages).includes("late"));
    listening.close();
    await first.stop();

    const second = await server(port);
    const again = await second.listen();
    client.publish("habitat.event.a", bytes("after"));
    await until(() => texts(again.messages).includes("after"));
    again.close();
  });

  test("gives up the oldest of too many, counts them and says so", async () => {
    const port = freePort();
    const { publisher: client, counts, said } = publisher(port);
    for (let at = 0; at < MAX_KEPT_EVENTS + 7; at++) client.publish("habitat.event.a", bytes(String(at)));
    expect(counts.dropped).toBe(7);
    await server(port);
    await client.connected;
    await until(() => counts.sent === MAX_KEPT_EVENTS);
    expect(said.at(-1)).toContain("after 7 events were dropped");
  });

  test("is not let in with another token, says why and does not stop trying", async () => {
    const nats = await server(freePort());
    const { said } = publisher(nats.port, { login: { kind: "token", token: "wrong" } });
    await until(() => said.length > 0);
    expect(said[0]).toContain("Authorization Violation");
  });

  describe("over TLS", () => {
    const identity = (name: string) =>
      selfSignedCertificate({
        organization: "test",
        dnsNames: [name, "localhost"],
        notBefore: new Date("1975-01-01T00:00:00Z"),
        notAfter: new Date("2096-01-01T00:00:00Z"),
      });
    const own = identity("nats.example.com");

    test("checks the server and publishes", async () => {
      const nats = await server(freePort(), own);
      const listening = await nats.listen();
      const { publisher: client } = publisher(nats.port, {
        address: { host: "localhost", port: nats.port },
        authorities: async () => [own.certificate],
      });
      await client.connected;
      client.publish("habitat.event.a", bytes("sealed"));
      await until(() => listening.messages.length === 1);
      listening.close();
    });

    test.each([
      { what: "an unknown signer", host: "localhost", trusted: identity("other") },
      { what: "another name", host: "127.0.0.1", trusted: own },
    ])("sends nothing to a server of $what", async ({ host, trusted }) => {
      const nats = await server(freePort(), own);
      const {
        said,
        counts,
        publisher: client,
      } = publisher(nats.port, {
        address: { host, port: nats.port },
        authorities: async () => [trusted.certificate],
      });
      client.publish("habitat.event.a", bytes("sealed"));
      await until(() => said.length > 0);
      expect(said[0]).toMatch(/self signed|altnames/);
      expect(counts.sent).toBe(0);
    });
  });
});

/** The texts of an event that lie below its fields 1 and 2. */
function textsIn(payload: Uint8Array): string[] {
  const found: string[] = [];
  const reader = new BinaryReader(payload);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type !== WireType.LengthDelimited || field > 2) reader.skip(type);
    else {
      const inner = new BinaryReader(reader.bytes());
      while (inner.pos < inner.len) {
        const [, wire] = inner.tag();
        if (wire === WireType.LengthDelimited) found.push(inner.string());
        else inner.skip(wire);
      }
    }
  }
  return found;
}

describe("a Supervisor", () => {
  const streamTo = (port: number, ...more: string[]) => [
    `--event-stream-url=nats://127.0.0.1:${port}`,
    "--event-stream-token=tok",
    "--event-stream-application=shop",
    "--event-stream-environment=test",
    "--event-stream-site=north",
    "--event-meta=zone=a",
    ...more,
  ];

  test("tells of its services from the start to the end", async () => {
    const nats = await server(freePort());
    const listening = await nats.listen();
    const supervisor = await TestSupervisor.create({
      args: streamTo(nats.port, "--event-stream-connect-timeout=10"),
    });
    supervisor.addPackage("web", { hooks: { "health-check": "#!/bin/sh\necho fine\nexit 1\n" } });
    supervisor.addPackage("plain");
    await supervisor.start();
    await supervisor.load("web", "--strategy", "at-once", "--channel", "stable");
    const { process: service } = await supervisor.load("plain");
    // What it takes to speak for this Supervisor is in no command line, and no service gets it.
    for (const pid of [supervisor.launcherPid, supervisor.supervisorPid])
      expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).not.toMatch(/nats:|tok/);
    expect(readFileSync(`/proc/${service.pid}/environ`, "utf8")).not.toMatch(/nats:|=tok/);
    const of = (subject: string, group: string) =>
      listening.messages.filter(
        (message) =>
          message.subject === `habitat.event.${subject}` && textsIn(message.payload).includes(group),
      );
    for (const group of ["web.default", "plain.default"]) {
      await until(() => of("service_started", group).length === 1);
      await until(() => of("healthcheck", group).length > 0);
    }
    await supervisor.hab("svc", "stop", "vec/web");
    await until(() => of("service_stopped", "web.default").length === 1);
    const [started] = of("service_started", "web.default");
    const said = textsIn(started?.payload ?? new Uint8Array());
    for (const text of [
      "shop",
      "test",
      "north",
      "vec/web/1.0.0/20260101000000",
      "vec/web",
      supervisor.memberId,
    ])
      expect(said).toContain(text);
    const [check] = of("healthcheck", "web.default");
    expect(Buffer.from(check?.payload ?? []).includes("fine\n")).toBe(true);
    const { body } = await supervisor.get("/metrics");
    expect(body).toContain('hab_sup_event_stream_events_total{outcome="sent"}');
    await supervisor.stop();
    expect(of("service_stopped", "plain.default")).toHaveLength(1);
    listening.close();
  });

  test("starts without the server when it need not wait, and not when it must", async () => {
    const port = freePort();
    const patient = await TestSupervisor.create({ args: streamTo(port) });
    await patient.start();
    await patient.stop();

    const strict = await TestSupervisor.create({ args: streamTo(port, "--event-stream-connect-timeout=1") });
    strict.launch();
    expect(await strict.exited).toBe(86);
    expect(strict.log.join("\n")).toContain("could not establish connection");
    await strict.stop();
  });
});
