// The stream of events over HTTP: what is told, to whom, from where on, and when it ends.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createToken, revokeToken } from "../index.ts";
import { type PromotionWorld, startPromotionWorld } from "../testing/promotion.ts";
import { ListenerPlaces } from "./places.ts";

const A1 = "acme/app/1.0.0/20260101000001";
const SECRET = "acme/secret/1.0.0/20260101000002";

let world: PromotionWorld;

beforeAll(async () => {
  world = await startPromotionWorld();
});
afterAll(() => world.stop());

interface Heard {
  readonly id: number;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** A listener that collects events until it is left. */
async function listen(as: string | undefined, query: string, headers: Record<string, string> = {}) {
  const life = new AbortController();
  const response = await world.depot.call("GET", `/depot/stream?${query}`, {
    ...(as !== undefined && { token: as.length > 12 ? as : `token-${as}` }),
    headers,
    signal: life.signal,
  });
  const heard: Heard[] = [];
  let place = -1;
  let waiting: (() => void) | undefined;
  let open = true;
  const reading = (async () => {
    let text = "";
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        text += decoder.decode(chunk, { stream: true });
        for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
          const fields = new Map(
            text
              .slice(0, end)
              .split("\n")
              .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
          );
          text = text.slice(end + 2);
          place = Number(fields.get("id") ?? place);
          const event = fields.get("event");
          if (event !== undefined)
            heard.push({ id: place, event, data: JSON.parse(fields.get("data") ?? "null") as never });
          waiting?.();
        }
      }
    } catch (error) {
      if (!life.signal.aborted) throw error;
    }
    open = false;
    waiting?.();
  })();
  const until = async (so: () => boolean): Promise<void> => {
    while (!so())
      await new Promise<void>((resolve) => {
        waiting = resolve;
      });
  };
  await until(() => place >= 0 || !open);
  return {
    status: response.status,
    heard,
    place: () => place,
    until,
    ended: async () => {
      await reading;
    },
    leave: async () => {
      life.abort();
      await reading;
    },
  };
}

/** What there is already, to the end. */
async function all(as: string | undefined, query: string, headers: Record<string, string> = {}) {
  const listener = await listen(as, `seconds=0&${query}`, headers);
  await listener.ended();
  return listener.heard;
}

describe("the stream", () => {
  test("tells members everything at once, others only of what is public and not who did it", async () => {
    const member = await listen("rita", "origin=acme");
    const stranger = await listen("eve", "");
    const nobody = await listen(undefined, "channel=unstable,stable");
    await world.upload(A1);
    for (const each of [member, stranger, nobody]) await each.until(() => each.heard.length > 0);
    const told = {
      event: "upload",
      origin: "acme",
      channel: "unstable",
      idents: [{ ident: A1, target: "x86_64-linux" }],
      count: 1,
      action: "upload",
      state: 2,
    };
    expect(member.heard).toMatchObject([{ event: "upload", data: { ...told, account: "olga" } }]);
    for (const each of [stranger, nobody]) {
      expect(each.heard).toMatchObject([{ event: "upload", data: told }]);
      expect(Object.keys(each.heard[0]?.data ?? {})).not.toContain("account");
    }

    await world.ask("olga", "PUT", "/depot/origins/acme", { default_package_visibility: "private" });
    await world.upload(SECRET);
    await world.ask("mia", "PUT", `/depot/channels/acme/stable/pkgs/app/1.0.0/20260101000001/promote`);
    for (const each of [member, stranger, nobody])
      await each.until(() => each.heard.some(({ event }) => event === "promotion"));
    expect(member.heard.map(({ event }) => event)).toEqual(["upload", "upload", "promotion"]);
    for (const each of [stranger, nobody]) {
      expect(each.heard.map(({ event }) => event)).toEqual(["upload", "promotion"]);
      expect(JSON.stringify(each.heard)).not.toContain("secret");
    }
    for (const each of [member, stranger, nobody]) await each.leave();
  });

  test("goes on after the last event that was heard", async () => {
    const heard = await all("rita", "after=0&origin=acme");
    expect(heard.map(({ event }) => event)).toEqual(["upload", "upload", "promotion"]);
    const rest = await all("rita", "", { "Last-Event-ID": String(heard[0]?.id) });
    expect(rest).toEqual(heard.slice(1));
    expect(await all("rita", `after=${heard.at(-1)?.id}`)).toEqual([]);
    expect(await all("rita", "")).toEqual([]);
  });

  test("says so when it does not know any more what was missed", async () => {
    const reset = { event: "reset", data: {} };
    expect(await all("rita", "after=1000000")).toMatchObject([reset]);
    await world.write(async ({ db }) => {
      await db.deleteFrom("depot_events").where("seq", "=", 1).execute();
    });
    expect(await all("rita", "after=0")).toMatchObject([reset, { id: 2 }, { id: 3 }]);
  });

  test("is narrowed to origins, channels and kinds", async () => {
    const kinds = async (query: string) => (await all("rita", `after=1&${query}`)).map(({ id }) => id);
    expect(await kinds("origin=evil")).toEqual([]);
    expect(await kinds("origin=evil,acme")).toEqual([2, 3]);
    expect(await kinds("channel=stable")).toEqual([3]);
    expect(await kinds("event=upload,rollback")).toEqual([2]);
    expect((await world.ask("rita", "GET", "/depot/stream?event=nonsense&seconds=0")).status).toBe(400);
    expect((await world.ask("rita", "GET", "/depot/stream?origin=../&seconds=0")).status).toBe(400);
  });

  test("tells requests and decisions to members alone", async () => {
    await world.ask("adam", "PUT", "/depot/channels/acme/stable/gate", {
      approvals: 1,
      approvers: { roles: ["maintainer"] },
    });
    const member = await listen("rita", "origin=acme&event=request,decision,promotion");
    const stranger = await listen("eve", "");
    const asked = await world.ask("mia", "POST", "/depot/channels/acme/promotions", {
      to: "stable",
      idents: [SECRET],
    });
    const { id } = (asked.body as { request: { id: string } }).request;
    await world.ask("max", "POST", `/depot/channels/acme/requests/${id}/approve`, {});
    await member.until(() => member.heard.length === 3);
    expect(member.heard).toMatchObject([
      { event: "request", data: { account: "mia", request_id: id, needed: 1 } },
      { event: "promotion", data: { account: "max", request_id: id, action: "set-promote" } },
      { event: "decision", data: { account: "max", request_id: id, decision: "approve", state: "approved" } },
    ]);
    await member.leave();
    await stranger.leave();
    expect(stranger.heard).toEqual([]);
  });

  test("ends for a token that is revoked, before the next event", async () => {
    const { id, token } = await createToken(world.depot.place, "rita");
    const listener = await listen(token.reveal(), "");
    await revokeToken(world.depot.place, id);
    await world.ask("mia", "POST", "/depot/channels/acme/promotions", { to: "next", idents: [A1] });
    await listener.ended();
    expect(listener.heard).toEqual([]);
  });

  test("ends after the seconds that were asked for, and when the depot stops", async () => {
    await (await listen("rita", "seconds=1")).ended();
    const stayed = await listen("rita", "");
    await world.depot.restart();
    await stayed.ended();
  });

  test("tells what another process did", async () => {
    const listener = await listen("rita", "event=demotion");
    // A connection of its own, as of a command beside the depot.
    await world.write(async (writing) => {
      const { changeChannel } = await import("../promotion/change-channel.ts");
      const { findChannel } = await import("../store/origins.ts");
      const { packageOf } = await import("../store/packages.ts");
      const { OPERATOR } = await import("../accounts.ts");
      const channel = await findChannel(writing.db, "acme", "next");
      const row = await packageOf(writing.db, A1, "x86_64-linux");
      if (channel === undefined || row === undefined) throw new Error("not furnished");
      await changeChannel(writing, OPERATOR, channel, { action: "import", remove: [row] });
    });
    await listener.until(() => listener.heard.length > 0);
    expect(listener.heard).toMatchObject([{ event: "demotion", data: { channel: "next" } }]);
    await listener.leave();
  });
});

test("places are bounded over all and for each address", () => {
  const places = new ListenerPlaces(3, 2);
  const first = places.take("a");
  places.take("a");
  expect(places.take("a")).toBeUndefined();
  places.take("b");
  expect(places.take("c")).toBeUndefined();
  first?.leave();
  first?.leave();
  expect(places.take("c")).toBeDefined();
  expect(places.take("d")).toBeUndefined();
});

test("tells everybody that a public package is deleted, and nobody of one that was not", async () => {
  const stranger = await listen("eve", "origin=acme");
  const HIDDEN = "acme/hidden/1.0.0/20260101000009";
  await world.ask("olga", "PUT", "/depot/origins/acme", { default_package_visibility: "private" });
  await world.upload(HIDDEN);
  await world.ask("olga", "DELETE", `/depot/pkgs/${HIDDEN}`);
  await world.ask("olga", "PUT", "/depot/origins/acme", { default_package_visibility: "public" });
  await world.upload("acme/passing/1.0.0/20260101000010");
  await world.ask("olga", "DELETE", "/depot/pkgs/acme/passing/1.0.0/20260101000010");
  await stranger.until(() => stranger.heard.some(({ event }) => event === "demotion"));
  expect(stranger.heard.map(({ event }) => event)).toEqual(["upload", "demotion"]);
  expect(stranger.heard[1]?.data).toMatchObject({ action: "package-delete", count: 1 });
  await stranger.leave();
});
