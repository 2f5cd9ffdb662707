// Gates: promotions that take effect with approvals, by whom, when, and once.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createToken } from "../index.ts";
import { type PromotionWorld, startPromotionWorld } from "../testing/promotion.ts";

const A1 = "acme/app/1.0.0/20260101000001";
const A2 = "acme/app/2.0.0/20260101000002";

let world: PromotionWorld;
const ask: PromotionWorld["ask"] = (...words) => world.ask(...words);

interface Request {
  readonly id: string;
  readonly state: string;
  readonly [more: string]: unknown;
}

const promotions = "/depot/channels/acme/promotions";
const gate = (channel: string) => `/depot/channels/acme/${channel}/gate`;
const release = (ident: string) => ident.slice("acme/".length);

let channel = "";
let channels = 0;

beforeAll(async () => {
  world = await startPromotionWorld();
  await world.upload(A1);
  await world.upload(A2);
});

afterAll(() => world.stop());

/** A channel of its own for each test. */
beforeEach(async () => {
  channel = `gated${channels++}`;
  await ask("mia", "POST", `/depot/channels/acme/${channel}`);
});

async function setGate(settings: object): Promise<unknown> {
  const { status, body } = await ask("adam", "PUT", gate(channel), settings);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
}

const byMaintainers = (approvals: number) => ({ approvals, approvers: { roles: ["maintainer"] } });

async function request(as = "mia", body: object = {}): Promise<Request> {
  const answer = await ask(as, "POST", promotions, { to: channel, idents: [A1, A2], ...body });
  expect(answer.status).toBe(202);
  return (answer.body as { request: Request }).request;
}

const decide = (as: string, { id }: Request, step: string, comment = "") =>
  ask(as, "POST", `/depot/channels/acme/requests/${id}/${step}`, { comment });

const shown = async (as: string, { id }: Request): Promise<Request> =>
  (await ask(as, "GET", `/depot/channels/acme/requests/${id}`)).body as Request;

async function held(): Promise<number> {
  const { body } = await ask("rita", "GET", `/depot/channels/acme/${channel}/pkgs`);
  return (body as { total_count: number }).total_count;
}

async function promotionsInHistory(): Promise<unknown[]> {
  const { body } = await ask("rita", "GET", `/depot/channels/acme/${channel}/history`);
  return (body as { data: { action: string }[] }).data.filter(({ action }) => action === "set-promote");
}

describe("a gate", () => {
  test("is set, shown and removed by administrators", async () => {
    expect((await ask("mia", "PUT", gate(channel), byMaintainers(1))).status).toBe(403);
    const set = await setGate(byMaintainers(2));
    expect(set).toMatchObject({
      channel,
      approvals: 2,
      approvers: { accounts: [], roles: ["maintainer"] },
      own: false,
      expires_after_hours: 168,
      updated_by: "adam",
    });
    expect((await ask("rita", "GET", gate(channel))).body).toEqual(set);
    expect((await ask("mia", "DELETE", gate(channel))).status).toBe(403);
    expect((await ask("adam", "DELETE", gate(channel))).status).toBe(204);
    expect((await ask("rita", "GET", gate(channel))).status).toBe(404);
  });

  test.each([
    [{ approvals: 0, approvers: { roles: ["owner"] } }, 400, "approvals"],
    [{ approvals: 1, approvers: {} }, 422, "who may approve"],
    [{ approvals: 1, approvers: { roles: ["boss"] } }, 400, "roles"],
    [{ approvals: 1, approvers: { accounts: ["eve"] } }, 422, "Not a member of acme: eve"],
    [{ approvals: 3, approvers: { accounts: ["mia"], roles: ["owner"] } }, 422, "only 2 members"],
  ])("that nobody could pass is refused: %p", async (settings, status, says) => {
    const answer = await ask("adam", "PUT", gate(channel), settings);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(says);
  });

  test("keeps its channel from being deleted, and refuses the original's promotions with what to do", async () => {
    await setGate(byMaintainers(1));
    expect((await ask("mia", "DELETE", `/depot/channels/acme/${channel}`)).status).toBe(403);
    const one = await ask("mia", "PUT", `/depot/channels/acme/${channel}/pkgs/${release(A1)}/promote`);
    const all = await ask("olga", "PUT", `/depot/channels/acme/unstable/pkgs/promote?channel=${channel}`);
    for (const { status, body } of [one, all]) {
      expect(status).toBe(403);
      expect(body).toContain("hab bldr channel promote");
      expect(body).toContain("--request");
    }
    expect(await held()).toBe(0);
    expect((await ask("adam", "PUT", gate("unstable"), byMaintainers(1))).status).toBe(422);
  });

  test("lets what is in the channel already be promoted again", async () => {
    await ask("mia", "PUT", `/depot/channels/acme/${channel}/pkgs/${release(A1)}/promote`);
    await setGate(byMaintainers(1));
    expect(
      (await ask("mia", "PUT", `/depot/channels/acme/${channel}/pkgs/${release(A1)}/promote`)).status,
    ).toBe(200);
    const again = await ask("mia", "POST", promotions, { to: channel, idents: [A1] });
    expect(again).toMatchObject({ status: 200, body: { present: 1 } });
    const more = await request();
    expect(more).toMatchObject({ idents: [A2], count: 1 });
  });

  test("lets only approvers roll back, who then need nobody else", async () => {
    await ask("mia", "POST", promotions, { to: channel, idents: [A1] });
    await setGate({ approvals: 2, approvers: { accounts: ["max", "rita"] } });
    const path = `/depot/channels/acme/${channel}/rollback`;
    expect((await ask("mia", "PUT", path, { to: 1 })).status).toBe(403);
    expect((await ask("mia", "PUT", path, { to: 1, dry_run: true })).status).toBe(403);
    expect((await ask("max", "PUT", path, { to: 1 })).status).toBe(200);
    expect(await held()).toBe(0);
  });
});

describe("a request", () => {
  test("takes effect with the last approval, as exactly what was asked for", async () => {
    await setGate(byMaintainers(2));
    const asked = await request("mia", { comment: "please" });
    expect(asked).toMatchObject({
      to: channel,
      from: null,
      idents: [A1, A2],
      count: 2,
      requested_by: "mia",
      comment: "please",
      state: "open",
      needed: 2,
      approvals: [],
      may: { approve: false, reject: true, withdraw: true },
    });
    expect((await decide("max", asked, "approve", "looks good")).body).toMatchObject({
      state: "open",
      approvals: [{ account: "max", comment: "looks good", counts: true }],
    });
    expect(await held()).toBe(0);
    expect((await decide("olga", asked, "approve")).body).toMatchObject({
      state: "approved",
      channel_state: 2,
      may: { approve: false, reject: false, withdraw: false },
    });
    expect(await held()).toBe(2);
    expect(await promotionsInHistory()).toMatchObject([{ request_id: asked.id, account: "olga", added: 2 }]);
    expect(await decide("adam", asked, "approve")).toEqual({
      status: 409,
      body: "The request is approved already",
    });
  });

  test("is made once, however often the same is asked", async () => {
    await setGate(byMaintainers(1));
    const first = await request();
    expect((await request()).id).toBe(first.id);
    expect((await request("max")).id).not.toBe(first.id);
    expect((await request("mia", { idents: [A1] })).id).not.toBe(first.id);
  });

  test("is not approved by who made it, unless the gate says so", async () => {
    await setGate(byMaintainers(1));
    const asked = await request();
    expect(await decide("mia", asked, "approve")).toMatchObject({
      status: 403,
      body: "Who asks for a promotion cannot approve it",
    });
    await setGate({ ...byMaintainers(1), own: true });
    expect((await decide("mia", asked, "approve")).body).toMatchObject({ state: "approved" });
  });

  test("is approved by named people and by roles from the one named, and by nobody else", async () => {
    await setGate({ approvals: 2, approvers: { accounts: ["rita"], roles: ["administrator"] } });
    const asked = await request();
    for (const who of ["mona", "max", "eve"]) expect((await decide(who, asked, "approve")).status).toBe(403);
    for (const who of ["mona", "max"])
      expect((await shown(who, asked)).may).toMatchObject({ approve: false });
    expect((await decide("rita", asked, "approve")).status).toBe(200);
    expect((await decide("rita", asked, "approve")).body).toMatchObject({ state: "open" });
    expect((await decide("olga", asked, "approve")).body).toMatchObject({ state: "approved" });
  });

  test("does not count who may not approve any more when the last approval comes", async () => {
    await ask("adam", "PUT", "/depot/origins/acme/users/mona/role?role=maintainer");
    await setGate(byMaintainers(2));
    const asked = await request();
    await decide("mona", asked, "approve");
    await ask("adam", "PUT", "/depot/origins/acme/users/mona/role?role=member");
    expect((await decide("max", asked, "approve")).body).toMatchObject({
      state: "open",
      approvals: [
        { account: "mona", counts: false },
        { account: "max", counts: true },
      ],
    });
    expect((await decide("adam", asked, "approve")).body).toMatchObject({ state: "approved" });
  });

  test("is ended by one rejection, or by who made it, or by an administrator", async () => {
    await setGate(byMaintainers(2));
    const rejected = await request();
    await decide("max", rejected, "approve");
    expect((await decide("max", rejected, "reject", "found a fault")).body).toMatchObject({
      state: "rejected",
      reason: "found a fault",
      approvals: [],
      rejections: [{ account: "max", comment: "found a fault" }],
    });
    const own = await request();
    expect((await decide("max", own, "withdraw")).status).toBe(403);
    expect((await decide("mia", own, "withdraw")).body).toMatchObject({ state: "withdrawn" });
    const other = await request();
    expect((await decide("adam", other, "withdraw")).body).toMatchObject({ state: "withdrawn" });
    expect((await decide("olga", other, "approve")).status).toBe(409);
    expect(await held()).toBe(0);
  });

  test("is withdrawn when the gate is removed: nothing takes effect by itself", async () => {
    await setGate(byMaintainers(2));
    const asked = await request();
    await ask("adam", "DELETE", gate(channel));
    expect(await shown("mia", asked)).toMatchObject({
      state: "withdrawn",
      reason: "The gate of the channel was removed",
      needed: null,
    });
    expect(await held()).toBe(0);
  });

  test("fails as a whole when a package is gone, or another one has its name", async () => {
    const gone = await world.upload(`acme/gone/1.0/2026010100${String(channels).padStart(4, "0")}`);
    await setGate(byMaintainers(1));
    const asked = await request("mia", { idents: [A1, gone] });
    expect((await ask("olga", "DELETE", `/depot/pkgs/${gone}`)).status).toBe(204);
    await world.upload(gone);
    expect((await decide("max", asked, "approve")).body).toMatchObject({
      state: "failed",
      reason: `No longer in the depot: ${gone}`,
    });
    expect(await held()).toBe(0);
  });

  test("is not changed by what becomes of the channel it came from", async () => {
    await ask("mia", "POST", promotions, { to: `from-${channel}`, idents: [A1] });
    await setGate(byMaintainers(1));
    const asked = await request("mia", { idents: undefined, from: `from-${channel}` });
    await ask("mia", "POST", promotions, { to: `from-${channel}`, idents: [A2] });
    expect((await decide("max", asked, "approve")).body).toMatchObject({ state: "approved", idents: [A1] });
    expect(await held()).toBe(1);
  });

  test("is expired after its time", async () => {
    await setGate(byMaintainers(1));
    const asked = await request();
    await world.write(async ({ db }) => {
      await db
        .updateTable("promotion_requests")
        .set({ expires_at: "2020-01-01T00:00:00.000" })
        .where("id", "=", asked.id)
        .execute();
    });
    expect(await shown("max", asked)).toMatchObject({ state: "expired", may: { approve: false } });
    expect(await decide("max", asked, "approve")).toEqual({
      status: 409,
      body: "The request is expired already",
    });
    const list = async (state: string) => {
      const path = `/depot/channels/acme/requests?state=${state}&channel=${channel}`;
      return ((await ask("rita", "GET", path)).body as { data: Request[] }).data.map(({ id }) => id);
    };
    expect(await list("expired")).toEqual([asked.id]);
    expect(await list("open")).toEqual([]);
  });

  test("takes effect once when its last approvals come together", async () => {
    await setGate(byMaintainers(2));
    const asked = await request("mia");
    const answers = await Promise.all(["max", "adam", "olga"].map((who) => decide(who, asked, "approve")));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409]);
    expect(await promotionsInHistory()).toHaveLength(1);
    expect(await shown("mia", asked)).toMatchObject({ state: "approved", channel_state: 2 });
  });

  test("can only be decided with a token that may promote", async () => {
    await setGate(byMaintainers(1));
    const asked = await request();
    const { token } = await createToken(world.depot.place, "max", {
      scope: { origins: undefined, verbs: ["upload"] },
    });
    const path = `/depot/channels/acme/requests/${asked.id}/approve`;
    const answer = await world.depot.call("POST", path, { token: token.reveal(), json: {} });
    expect(answer.status).toBe(403);
  });

  test("shows all its packages by pages", async () => {
    await setGate(byMaintainers(1));
    const asked = await request();
    const { body } = await ask("rita", "GET", `/depot/channels/acme/requests/${asked.id}/packages`);
    expect(body).toMatchObject({
      total_count: 2,
      data: [{ ident: A1, target: "x86_64-linux" }, { ident: A2 }],
    });
  });
});

test("the audit tells of gates, requests and decisions", async () => {
  const { body } = await ask("rita", "GET", "/depot/origins/acme/audit");
  const operations = (body as { data: { operation: string }[] }).data.map(({ operation }) => operation);
  expect(operations).toEqual(expect.arrayContaining(["gate-set", "request-create", "request-approve"]));
});
