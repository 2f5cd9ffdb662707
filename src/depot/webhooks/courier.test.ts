// Webhooks from the change in the depot to the receiver: signed, in order, tried again, once over several processes.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Secret } from "../../crypto/index.ts";
import { OPERATOR } from "../accounts.ts";
import { openPlace } from "../place.ts";
import { openSecrets } from "../secrets.ts";
import { insertAccount } from "../store/accounts.ts";
import { timestampOf } from "../store/database.ts";
import { insertDelivery } from "../store/events.ts";
import { insertOrigin } from "../store/origins.ts";
import { finishDelivery, insertWebhook, leaseDue } from "../store/webhooks.ts";
import { newPlace } from "../testing/depot.ts";
import { temporaryDirectory } from "../testing/directory.ts";
import { type PromotionWorld, startPromotionWorld } from "../testing/promotion.ts";
import { startCourier } from "./courier.ts";
import { signatureOf } from "./signature.ts";
import { parseWebhookTargets } from "./targets.ts";

interface Received {
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A receiver that answers as told and remembers what it got. */
class Receiver {
  readonly got: Received[] = [];
  answer: (received: Received) => Response = () => new Response("ok");
  readonly #server: Bun.Server<undefined>;
  #waiting: (() => void) | undefined;

  constructor() {
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: async (request) => {
        const received = {
          path: new URL(request.url).pathname,
          headers: request.headers,
          body: await request.text(),
        };
        this.got.push(received);
        this.#waiting?.();
        return this.answer(received);
      },
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  async until(so: () => boolean): Promise<void> {
    while (!so())
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
  }

  stop(): Promise<void> {
    return this.#server.stop(true);
  }
}

let receiver: Receiver;
beforeEach(() => {
  receiver = new Receiver();
});
afterEach(() => receiver.stop());

describe("a webhook of an origin", () => {
  let world: PromotionWorld;
  beforeAll(async () => {
    world = await startPromotionWorld({ webhookTargets: "127.0.0.0/8" });
  });
  afterAll(() => world.stop());

  const hooks = "/depot/origins/acme/webhooks";

  async function create(more: object = {}): Promise<{ id: string; secret: string }> {
    const { status, body } = await world.ask("adam", "POST", hooks, { url: `${receiver.url}/hook`, ...more });
    expect({ status, body }).toMatchObject({ status: 201 });
    return body as { id: string; secret: string };
  }

  interface Delivery {
    readonly id: string;
    readonly state: string;
    readonly [more: string]: unknown;
  }

  async function deliveries(id: string, until: (all: Delivery[]) => boolean): Promise<Delivery[]> {
    for (;;) {
      const { body } = await world.ask("adam", "GET", `${hooks}/${id}/deliveries`);
      const { data } = body as { data: Delivery[] };
      if (until(data)) return data;
      await Bun.sleep(20);
    }
  }

  test("hears what it asked for, signed with its secret", async () => {
    const { id, secret } = await create({ events: ["promotion"] });
    const ident = await world.upload("acme/app/1.0.0/20260101000001");
    await world.ask("mia", "POST", "/depot/channels/acme/promotions", { to: "stable", idents: [ident] });
    await receiver.until(() => receiver.got.length > 0);
    const [received] = receiver.got;
    expect(received?.path).toBe("/hook");
    expect(JSON.parse(received?.body ?? "")).toMatchObject({
      event: "promotion",
      origin: "acme",
      channel: "stable",
      account: "mia",
      idents: [{ ident, target: "x86_64-linux" }],
      action: "set-promote",
      state: 2,
    });
    const { headers, body } = received as Received;
    expect(headers.get("content-type")).toBe("application/json");
    expect(headers.get("x-hab-event")).toBe("promotion");
    const signature = headers.get("x-hab-signature") ?? "";
    const seconds = Number(/^t=([0-9]+),/.exec(signature)?.[1]);
    expect(signature).toBe(signatureOf(new Secret(secret), seconds, body));
    const [delivery] = await deliveries(id, (all) => all[0]?.state === "delivered");
    expect(delivery).toMatchObject({
      id: headers.get("x-hab-delivery"),
      event: "promotion",
      attempts: 1,
      status: 200,
      error: "",
      due_at: null,
    });
    expect((await world.ask("adam", "DELETE", `${hooks}/${id}`)).status).toBe(204);
  });

  test("is tried with a ping, sent again by hand, and follows no redirection", async () => {
    const { id } = await create();
    receiver.answer = () => Response.redirect(`${receiver.url}/elsewhere`, 307);
    const pinged = await world.ask("adam", "POST", `${hooks}/${id}/ping`);
    expect(pinged.status).toBe(202);
    const [failed] = await deliveries(id, (all) => all[0]?.["status"] === 307);
    expect(failed).toMatchObject({ state: "pending", attempts: 1, error: "answered 307" });
    expect(receiver.got.map(({ path }) => path)).toEqual(["/hook"]);
    receiver.answer = () => new Response(null, { status: 204 });
    const again = await world.ask("adam", "POST", `${hooks}/${id}/deliveries/${failed?.id}/redeliver`);
    const { id: second } = again.body as { id: string };
    const all = await deliveries(id, (rows) =>
      rows.some((each) => each.id === second && each.state === "delivered"),
    );
    expect(all).toHaveLength(2);
    expect(receiver.got[1]?.body).toBe(receiver.got[0]?.body as string);
    await world.ask("adam", "DELETE", `${hooks}/${id}`);
  });

  test("is changed, switched off and deleted; its secret is never shown again", async () => {
    const { id } = await create({ secret: "0123456789abcdef" });
    const { body } = await world.ask("adam", "PATCH", `${hooks}/${id}`, {
      active: false,
      events: ["upload"],
    });
    expect(body).toMatchObject({ id, active: false, events: ["upload"] });
    expect(JSON.stringify((await world.ask("adam", "GET", hooks)).body)).not.toContain("0123456789abcdef");
    await world.upload("acme/app/1.0.0/20260101000002");
    expect(await deliveries(id, () => true)).toEqual([]);
    expect((await world.ask("mia", "GET", hooks)).status).toBe(403);
    expect((await world.ask("eve", "GET", `/depot/origins/evil/webhooks/${id}`)).status).toBe(404);
    await world.ask("adam", "DELETE", `${hooks}/${id}`);
    expect((await world.ask("adam", "GET", `${hooks}/${id}`)).status).toBe(404);
    const audit = await world.ask("rita", "GET", "/depot/origins/acme/audit");
    expect(JSON.stringify(audit.body)).toContain("webhook-change");
    expect(JSON.stringify(audit.body)).not.toContain("0123456789abcdef");
  });

  test.each([
    ["http://10.0.0.1/", 422, "--webhook-targets"],
    ["gopher://example.com/", 422, "neither http nor https"],
    ["nonsense", 422, "no URL"],
  ])("to %s is refused", async (url, status, says) => {
    const answer = await world.ask("adam", "POST", hooks, { url });
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(says);
  });
});

describe("the outbox", () => {
  /** An origin with webhooks, and a way to act as several processes with clocks of their own. */
  async function startOutbox(count: number) {
    const place = await newPlace(temporaryDirectory("hab-outbox-"));
    const first = await openPlace(place);
    const secrets = await openSecrets(first.database, first.keys, Date.now());
    const sealed = await secrets.seal(new Secret("0123456789abcdef"));
    const ids = await first.database.write(async (writing) => {
      const account = await insertAccount(writing, "olga", "");
      await insertOrigin(writing, OPERATOR, account.id, "acme", "public");
      const made: string[] = [];
      for (let index = 0; index < count; index++) {
        const { id } = await insertWebhook(writing, {
          origin: "acme",
          url: `${receiver.url}/${index}`,
          events: ["upload"],
          secret: sealed,
          active: true,
          createdBy: "olga",
        });
        made.push(id);
      }
      return made;
    });
    const opened = [first];
    return {
      ids,
      first,
      put: (id: string, payload: string) =>
        first.database.write((writing) => insertDelivery(writing, id, "upload", payload)),
      /** Another process on the same database. */
      async another() {
        const other = await openPlace(place);
        opened.push(other);
        return other.database;
      },
      courier: (database = first.database) =>
        startCourier({
          depot: { database, secrets, now: Date.now, log: () => undefined },
          targets: parseWebhookTargets("127.0.0.1"),
          random: () => 0,
        }),
      async stop() {
        for (const { database } of opened) await database.close();
      },
    };
  }

  test("is sent once by two processes, to each receiver in order", async () => {
    const outbox = await startOutbox(3);
    for (let number = 0; number < 10; number++)
      for (const id of outbox.ids) await outbox.put(id, JSON.stringify({ number }));
    const one = outbox.courier();
    const other = outbox.courier(await outbox.another());
    await receiver.until(() => receiver.got.length >= 30);
    await one.stop();
    await other.stop();
    expect(receiver.got).toHaveLength(30);
    for (const path of ["/0", "/1", "/2"])
      expect(
        receiver.got.filter((each) => each.path === path).map(({ body }) => JSON.parse(body).number),
      ).toEqual(Array.from({ length: 10 }, (_, index) => index));
    await outbox.stop();
  });

  test("goes to another process when the one that had taken it is gone", async () => {
    const outbox = await startOutbox(1);
    const [id = ""] = outbox.ids;
    await outbox.put(id, "{}");
    const { database } = outbox.first;
    const until = timestampOf(Date.now() + 60_000);
    const [taken] = await database.write((writing) => leaseDue(writing, until, 10));
    expect(taken).toMatchObject({ attempts: 1 });
    expect(await database.write((writing) => leaseDue(writing, until, 10))).toEqual([]);
    await database.write(({ db }) =>
      db.updateTable("webhook_deliveries").set({ leased_until: "2020-01-01T00:00:00.000" }).execute(),
    );
    const courier = outbox.courier();
    await receiver.until(() => receiver.got.length > 0);
    await courier.stop();
    // The first one comes back to life, and has nothing to say any more.
    if (taken !== undefined)
      await database.write((writing) =>
        finishDelivery(writing, taken, { state: "failed", status: null, error: "late", dueAt: until }),
      );
    const rows = await database.db.selectFrom("webhook_deliveries").selectAll().execute();
    expect([...rows]).toMatchObject([{ state: "delivered", attempts: 2, status: 200 }]);
    await outbox.stop();
  });

  test("waits longer after each failure, holds back what waits behind a receiver that is down, and gives up", async () => {
    const outbox = await startOutbox(1);
    const [id = ""] = outbox.ids;
    await outbox.put(id, '{"first":true}');
    await outbox.put(id, '{"second":true}');
    receiver.answer = () => new Response(null, { status: 503 });
    const { database } = outbox.first;
    const rows = () => database.db.selectFrom("webhook_deliveries").selectAll().orderBy("id").execute();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt++) {
      const before = Date.now();
      const courier = outbox.courier();
      while ((await rows())[0]?.attempts !== attempt || (await rows())[0]?.leased_until !== "")
        await Bun.sleep(5);
      await courier.stop();
      const [first, second] = await rows();
      waits.push(Math.round((Date.parse(`${first?.due_at}Z`) - before) / 10_000) * 10);
      expect(second?.attempts).toBe(0);
      expect(first).toMatchObject(
        attempt < 9 ? { state: "pending", error: "answered 503" } : { state: "failed", status: 503 },
      );
      if (attempt === 1) expect(second?.due_at).toBe(first?.due_at as string);
      await database.write(async ({ db }) => {
        await db
          .updateTable("webhook_deliveries")
          .set({ due_at: "2020-01-01T00:00:00.000" })
          .where("id", "=", first?.id ?? "")
          .execute();
        await db
          .updateTable("webhook_deliveries")
          .set({ due_at: "2099-01-01T00:00:00.000" })
          .where("id", "=", second?.id ?? "")
          .execute();
      });
    }
    expect(waits.slice(0, 8)).toEqual([10, 60, 300, 1800, 7200, 21_600, 43_200, 86_400]);
    expect(receiver.got).toHaveLength(9);
    await outbox.stop();
  });
});
