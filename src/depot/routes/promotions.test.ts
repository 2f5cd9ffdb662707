// Histories, sets, comparison and rollback of channels over the API.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type PromotionWorld, startPromotionWorld } from "../testing/promotion.ts";

const A1 = "acme/app/1.0.0/20260101000001";
const A2 = "acme/app/1.10.0/20260101000002";
const LIB = "acme/lib/1.0.0/20260101000003";
const GONE = "acme/gone/1.0.0/20260101000004";

let world: PromotionWorld;
const ask: PromotionWorld["ask"] = (...words) => world.ask(...words);

interface Change {
  readonly id: number;
  readonly action: string;
  readonly idents: string[];
  readonly [more: string]: unknown;
}

async function history(channel: string): Promise<Change[]> {
  const { body } = await ask("rita", "GET", `/depot/channels/acme/${channel}/history`);
  return (body as { data: Change[] }).data;
}

async function held(channel: string): Promise<string[]> {
  const { body } = await ask("rita", "GET", `/depot/channels/acme/${channel}/pkgs`);
  return (body as { data: Record<string, string>[] }).data.map((ident) => Object.values(ident).join("/"));
}

const promotions = "/depot/channels/acme/promotions";
const release = (ident: string) => ident.slice("acme/".length);

beforeAll(async () => {
  world = await startPromotionWorld();
  for (const ident of [A1, A2, LIB, GONE]) await world.upload(ident);
});

afterAll(() => world.stop());

describe("the history of a channel", () => {
  test("begins with its creation and holds each upload", async () => {
    expect((await history("stable")).map(({ id, action }) => [id, action])).toEqual([[1, "create"]]);
    const changes = await history("unstable");
    expect(changes.map(({ id, action, idents }) => [id, action, idents])).toEqual([
      [5, "upload", [GONE]],
      [4, "upload", [LIB]],
      [3, "upload", [A2]],
      [2, "upload", [A1]],
      [1, "create", []],
    ]);
    expect(changes[0]).toMatchObject({ account: "olga", source_address: "127.0.0.1", added: 1, removed: 0 });
  });

  test("holds promotions and demotions of the original's routes, once each", async () => {
    const path = (what: string) => `/depot/channels/acme/stable/pkgs/${release(A1)}/${what}`;
    expect((await ask("mia", "PUT", path("promote"))).status).toBe(200);
    expect((await ask("mia", "PUT", path("promote"))).status).toBe(200);
    expect((await ask("mia", "PUT", path("demote"))).status).toBe(200);
    await ask("mia", "PUT", "/depot/channels/acme/unstable/pkgs/promote?channel=copy");
    expect((await history("stable")).map(({ action, idents }) => [action, idents])).toEqual([
      ["demote", [A1]],
      ["promote", [A1]],
      ["create", []],
    ]);
    const [promoted, created] = await history("copy");
    expect(promoted).toMatchObject({ action: "channel-promote", from_channel: "unstable", added: 4 });
    expect(created?.action).toBe("create");
    await ask("mia", "PUT", "/depot/channels/acme/unstable/pkgs/promote?channel=copy");
    expect(await history("copy")).toHaveLength(2);
  });

  test("goes on over the deletion of the channel, and of a package in it", async () => {
    expect((await ask("mia", "DELETE", "/depot/channels/acme/copy")).status).toBe(200);
    expect((await ask("mia", "POST", "/depot/channels/acme/copy")).status).toBe(201);
    const rolled = await ask("mia", "PUT", "/depot/channels/acme/copy/rollback", { to: 2 });
    expect(rolled).toMatchObject({ status: 200, body: { state: 5, back_to: 2 } });
    expect((await ask("olga", "DELETE", `/depot/pkgs/${GONE}`)).status).toBe(204);
    expect(
      (await history("copy")).map(({ id, action, added, removed }) => [id, action, added, removed]),
    ).toEqual([
      [6, "package-delete", 0, 1],
      [5, "rollback", 4, 0],
      [4, "create", 0, 0],
      [3, "delete", 0, 4],
      [2, "channel-promote", 4, 0],
      [1, "create", 0, 0],
    ]);
    expect(await held("copy")).toEqual([A1, A2, LIB]);
  });

  test("is given by pages, and its changes with all that came and went", async () => {
    const { status, body } = await ask("rita", "GET", "/depot/channels/acme/copy/history?range=4");
    expect({ status, ...(body as object) }).toMatchObject({
      status: 200,
      range_start: 4,
      range_end: 5,
      total_count: 6,
      data: [{ id: 2 }, { id: 1 }],
    });
    const items = await ask("rita", "GET", "/depot/channels/acme/copy/history/6");
    expect(items.body).toMatchObject({
      total_count: 1,
      data: [{ ident: GONE, target: "x86_64-linux", change: "removed" }],
    });
    expect((await ask("rita", "GET", "/depot/channels/acme/copy/history/99")).status).toBe(404);
    expect((await ask("eve", "GET", "/depot/channels/acme/copy/history")).status).toBe(403);
  });
});

describe("a set", () => {
  test("is promoted whole, by a list", async () => {
    const { status, body } = await ask("mia", "POST", promotions, { to: "stable", idents: [A1, LIB] });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      from: null,
      to: "stable",
      state: 4,
      promoted: [{ ident: A1 }, { ident: LIB }],
      present: 0,
    });
    expect(await held("stable")).toEqual([A1, LIB]);
    const [change] = await history("stable");
    expect(change).toMatchObject({ id: 4, action: "set-promote", idents: [A1, LIB], from_channel: null });
  });

  test("with one that is not there changes nothing", async () => {
    const before = await history("stable");
    const { status, body } = await ask("mia", "POST", promotions, { to: "stable", idents: [A2, GONE] });
    expect(status).toBe(404);
    expect(body).toContain(GONE);
    expect(await history("stable")).toEqual(before);
  });

  test("out of a channel, of which it is a part", async () => {
    expect((await ask("mia", "POST", promotions, { from: "stable", to: "next", idents: [A2] })).status).toBe(
      404,
    );
    const all = await ask("mia", "POST", promotions, { from: "stable", to: "next" });
    expect(all.body).toMatchObject({ from: "stable", promoted: [{ ident: A1 }, { ident: LIB }] });
    const again = await ask("mia", "POST", promotions, { from: "stable", to: "next" });
    expect(again.body).toMatchObject({ promoted: [], present: 2, state: 2 });
  });

  test.each([
    [{ to: "stable" }, 422],
    [{ to: "unstable", from: "stable" }, 422],
    [{ to: "stable", from: "stable" }, 422],
    [{ to: "stable", from: "nosuch" }, 404],
    [{ to: "stable", idents: ["other/app/1/2"] }, 422],
    [{ to: "stable", idents: ["acme/app"] }, 400],
    [{ to: "stable", idents: [] }, 400],
    [{ to: "../x", idents: [A1] }, 400],
    [{ to: "stable", idents: [A1], target: "x86_64-windows" }, 404],
    [{ to: "stable", idents: [A1], more: 1 }, 400],
  ])("%p is answered %p", async (body, status) => {
    expect((await ask("mia", "POST", promotions, body)).status).toBe(status);
  });

  test("is for maintainers", async () => {
    for (const who of ["mona", "rita", "eve"])
      expect((await ask(who, "POST", promotions, { to: "stable", idents: [A1] })).status).toBe(403);
  });
});

describe("comparing", () => {
  test("two channels", async () => {
    await ask("mia", "POST", promotions, { to: "next", idents: [A2] });
    const { body } = await ask("eve", "GET", "/depot/channels/acme/next/compare?with=stable");
    expect(body).toEqual({
      here: { channel: "next", state: 3 },
      there: { channel: "stable", state: 4 },
      only_here: [A2],
      only_there: [],
      newer_here: [{ name: "app", target: "x86_64-linux", here: A2, there: A1 }],
      newer_there: [],
      same: 2,
      complete: true,
    });
  });

  test("an earlier state with the present", async () => {
    const { body } = await ask("rita", "GET", "/depot/channels/acme/next/compare?at=2");
    expect(body).toMatchObject({
      here: { channel: "next", state: 2 },
      there: { channel: "next", state: 3 },
      only_here: [],
      only_there: [A2],
      newer_there: [{ here: A1, there: A2 }],
    });
    expect((await ask("rita", "GET", "/depot/channels/acme/next/compare?at=77")).status).toBe(404);
    expect((await ask("rita", "GET", "/depot/channels/acme/nosuch/compare")).status).toBe(404);
  });

  test("shows nobody a private package, also of an earlier state", async () => {
    await ask("olga", "PATCH", `/depot/pkgs/${A2}/private`);
    for (const query of ["with=stable", "at=1", "at=1&with_at=3"]) {
      const path = `/depot/channels/acme/next/compare?${query}`;
      expect(JSON.stringify((await ask("eve", "GET", path)).body)).not.toContain(A2);
      expect(JSON.stringify((await ask("rita", "GET", path)).body)).toContain(A2);
    }
    await ask("olga", "PATCH", `/depot/pkgs/${A2}/public`);
  });
});

describe("rolling back", () => {
  const rollback = "/depot/channels/acme/next/rollback";

  test("says first what it would change, and changes nothing", async () => {
    const { body } = await ask("mia", "PUT", rollback, { to: 2, dry_run: true });
    expect(body).toMatchObject({
      channel: "next",
      back_to: 2,
      state: 3,
      added: [],
      removed: [{ ident: A2 }],
      gone: [],
      dry_run: true,
    });
    expect(await held("next")).toEqual([A1, A2, LIB]);
  });

  test("does it as a change of its own, which can be rolled back too", async () => {
    expect((await ask("mia", "PUT", rollback, { to: 2, expected_state: 9 })).status).toBe(409);
    expect((await ask("mia", "PUT", rollback, { to: 2, expected_state: 3 })).body).toMatchObject({
      state: 4,
    });
    expect(await held("next")).toEqual([A1, LIB]);
    expect((await ask("mia", "PUT", rollback, { to: 3 })).body).toMatchObject({ state: 5 });
    expect(await held("next")).toEqual([A1, A2, LIB]);
    expect((await history("next")).slice(0, 2)).toMatchObject([
      { id: 5, action: "rollback", back_to: 3, idents: [A2], account: "mia" },
      { id: 4, action: "rollback", back_to: 2 },
    ]);
    expect((await ask("mia", "PUT", rollback, { to: 5 })).body).toMatchObject({
      state: 5,
      added: [],
      removed: [],
    });
  });

  test("with packages that are gone needs to be told so", async () => {
    const path = "/depot/channels/acme/copy/rollback";
    const refused = await ask("mia", "PUT", path, { to: 2 });
    expect(refused.status).toBe(409);
    expect(refused.body).toContain(GONE);
    await ask("mia", "PUT", "/depot/channels/acme/stable/pkgs/demote?channel=copy");
    expect(await held("copy")).toEqual([A2]);
    const done = await ask("mia", "PUT", path, { to: 2, without_gone: true });
    expect(done.body).toMatchObject({ gone: [{ ident: GONE }], added: [{ ident: A1 }, { ident: LIB }] });
    expect(await held("copy")).toEqual([A1, A2, LIB]);
  });

  test("is refused for unstable, for states that never were, and to who may not promote", async () => {
    expect((await ask("mia", "PUT", "/depot/channels/acme/unstable/rollback", { to: 1 })).status).toBe(422);
    expect((await ask("mia", "PUT", rollback, { to: 99 })).status).toBe(404);
    expect((await ask("mona", "PUT", rollback, { to: 1, dry_run: true })).status).toBe(403);
  });
});

test("every state can be reckoned from the history, whatever was done in between", async () => {
  const states = new Map<number, string[]>();
  const steps: [string, string, unknown?][] = [
    ["POST", promotions, { to: "walk", idents: [A1] }],
    ["PUT", `/depot/channels/acme/walk/pkgs/${release(LIB)}/promote`],
    ["PUT", "/depot/channels/acme/unstable/pkgs/promote?channel=walk"],
    ["PUT", `/depot/channels/acme/walk/pkgs/${release(A1)}/demote`],
    ["PUT", "/depot/channels/acme/stable/pkgs/demote?channel=walk"],
    ["PUT", "/depot/channels/acme/walk/rollback", { to: 3 }],
    ["PUT", "/depot/channels/acme/walk/rollback", { to: 1 }],
    ["POST", promotions, { to: "walk", from: "unstable" }],
  ];
  for (const [method, path, json] of steps) {
    await ask("mia", method, path, json);
    const [last] = await history("walk");
    states.set(last?.id ?? 0, await held("walk"));
  }
  for (const [id, idents] of states) {
    const { body } = await ask("rita", "GET", `/depot/channels/acme/walk/compare?at=${id}&with=nosuchyet`);
    expect(body).toContain("no channel");
    await ask("mia", "POST", "/depot/channels/acme/empty");
    const compared = await ask("rita", "GET", `/depot/channels/acme/walk/compare?at=${id}&with=empty`);
    expect(compared.body).toMatchObject({ only_here: idents, only_there: [] });
  }
});
