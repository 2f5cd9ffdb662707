// Promotions as people and jobs do them on the command line, against a real depot: gates, requests, waiting, histories,
// rollback and webhooks.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Ended, runHab } from "../../src/cli/testing/run-hab.ts";
import { type PromotionWorld, startPromotionWorld } from "../../src/depot/testing/promotion.ts";

const A1 = "acme/app/1.0.0/20260101000001";
const A2 = "acme/app/2.0.0/20260101000002";

let world: PromotionWorld;

beforeAll(async () => {
  world = await startPromotionWorld({ webhookTargets: "127.0.0.1" });
  await world.upload(A1);
  await world.upload(A2);
  await world.ask("mia", "POST", "/depot/channels/acme/promotions", { to: "testing", idents: [A1] });
});
afterAll(() => world.stop());

function hab(as: string, words: string): Promise<Ended> {
  return runHab(words.split(" "), {
    env: {
      HAB_BLDR_URL: world.depot.url,
      HAB_AUTH_TOKEN: `token-${as}`,
      HAB_ORIGIN: "acme",
      HAB_NOCOLORING: "true",
      HOME: world.depot.directory,
    },
  });
}

/** What a command prints that ends as it should. */
async function said(as: string, words: string, code = 0): Promise<string> {
  const { exitCode, stdout, stderr } = await hab(as, words);
  expect(`${words}: ${exitCode} ${exitCode === code ? "" : stderr}`).toBe(`${words}: ${code} `);
  return code === 0 ? stdout : `${stdout}${stderr}`;
}

async function json<Value>(as: string, words: string): Promise<Value> {
  return JSON.parse(await said(as, `${words} --json`)) as Value;
}

interface Asked {
  readonly request: { readonly id: string; readonly state: string };
}

const ask = async (...packages: string[]): Promise<string> => {
  const named = packages.map((ident) => ` --package ${ident}`).join("");
  return (await json<Asked>("mia", `bldr channel promote testing stable --request${named}`)).request.id;
};

describe("a gate", () => {
  test("is set and shown", async () => {
    expect(await said("adam", "bldr channel gate show stable")).toContain("take effect at once");
    expect(await said("mia", "bldr channel gate set stable --role maintainer", 1)).toContain("403");
    await said("adam", "bldr channel gate set stable --approvals 1 --role maintainer --expires-after 24");
    expect(await said("rita", "bldr channel gate show stable")).toContain(
      "Promotions to stable need 1 of: anybody from maintainer",
    );
  });

  test("refuses plain promotions, with what to do instead", async () => {
    const all = await said("mia", "bldr channel promote testing stable", 1);
    expect(all).toContain("takes promotions only with an approval");
    expect(all).toContain("hab bldr channel promote testing stable -o acme --request");
    const one = await said("mia", `pkg promote ${A1} stable`, 1);
    expect(one).toContain(
      `Next:  Ask for approval: hab bldr channel promote unstable stable -o acme --package ${A1} --request`,
    );
    expect(one).not.toContain("higher role");
  });

  test("lets a request through that is approved; who waits ends with 0", async () => {
    const id = await ask();
    expect(await ask()).toBe(id);
    const waiting = hab("mia", `bldr channel wait ${id} --json`);
    expect(await said("max", "bldr channel requests")).toContain(`${id}  open   stable  testing  1`);
    const own = await said("mia", `bldr channel approve ${id}`, 1);
    expect(own).toContain("cannot approve it");
    expect(own).toContain(
      "Have one of the channel's approvers decide; hab bldr channel gate show CHANNEL -o ",
    );
    expect(await said("max", `bldr channel approve ${id} --comment fine`)).toContain("it is approved");
    const { exitCode, stdout } = await waiting;
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id, state: "approved", approvals: [{ account: "max" }] });
    const again = await said("max", `bldr channel approve ${id}`, 1);
    expect(again).toContain("The request is approved already");
    expect(again).toContain("See what is open: hab bldr channel requests -o ");
  });

  test("tells who waits what became of it by the exit code", async () => {
    await said("mia", `pkg promote ${A2} testing`);
    const rejected = await ask();
    await said("max", `bldr channel reject ${rejected} --comment broken`);
    expect(await said("mia", `bldr channel wait ${rejected}`, 3)).toContain("rejected by max");
    const withdrawn = await ask(A2);
    expect(await said("mia", `bldr channel wait ${withdrawn} --timeout 0`, 7)).toContain("is not decided");
    await said("mia", `bldr channel withdraw ${withdrawn}`);
    await said("mia", `bldr channel wait ${withdrawn}`, 5);
    await said("mia", "bldr channel wait 1", 1);
    const listed = await json<{ total: number; requests: { state: string }[] }>(
      "rita",
      "bldr channel requests --all --channel stable",
    );
    expect(listed.total).toBe(3);
    expect(listed.requests.map(({ state }) => state)).toEqual(["withdrawn", "rejected", "approved"]);
  });

  test("is removed", async () => {
    await said("adam", "bldr channel gate clear stable");
    expect(await said("adam", "bldr channel gate clear stable")).toContain("had no gate");
    const done = await json<{ promoted: unknown[] }>("mia", "bldr channel promote testing stable --request");
    expect(done.promoted).toEqual([{ ident: A2, target: "x86_64-linux" }]);
  });
});

describe("a channel", () => {
  test("has a history", async () => {
    const lines = (await said("rita", "bldr channel history stable")).trim().split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/^3 .* mia +127\.0\.0\.1 +set-promote of testing +\+acme\/app\/2\.0\.0/);
    expect(lines[2]).toMatch(/^2 .* max .*set-promote of testing by request [0-9]+ +\+acme\/app\/1\.0\.0/);
    expect((await json<{ total: number }>("rita", "bldr channel history stable -l 1")).total).toBe(3);
    expect(await said("eve", "bldr channel history stable", 1)).toContain("403");
  });

  test("is compared with another and with what it was", async () => {
    const text = await said("eve", "bldr channel compare unstable stable");
    expect(text).toBe("2 packages are in both.\n");
    const before = await said("rita", "bldr channel compare stable --at 2");
    expect(before).toContain(`Only in stable (state 3):\n  ${A2}\n`);
    expect(before).toContain("Newer in stable (state 3):\n");
  });

  test("is rolled back, after saying what that does", async () => {
    const plan = await said("mia", "bldr channel rollback stable 2 --dry-run");
    expect(plan).toContain(`- ${A2} (x86_64-linux)`);
    expect(plan).toContain("Would bring channel stable from state 3");
    const late = await said("mia", "bldr channel rollback stable 2 --expect 2", 1);
    expect(late).toContain("in state 3 by now");
    expect(late).toContain("name the state it is in: hab bldr channel history stable -o ");
    // Where a higher role is what helps, that is said.
    expect(await said("rita", "bldr channel rollback stable 2", 1)).toContain(
      "give your account a higher role",
    );
    expect(await said("mia", "bldr channel rollback stable 2 --expect 3")).toContain("it is now in state 4");
    expect(await json("mia", "bldr channel rollback stable 2")).toMatchObject({ state: 4, removed: [] });
  });
});

test("webhooks are created, tried and deleted", async () => {
  const refused = await said("adam", "bldr webhook create http://10.0.0.1/", 1);
  expect(refused).toContain("--webhook-targets");
  const receiver = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("ok") });
  try {
    const words = `bldr webhook create http://127.0.0.1:${receiver.port}/ --event promotion`;
    const { id, secret } = await json<{ id: string; secret: string }>("adam", words);
    expect(secret).toStartWith("whsec_");
    expect(await said("adam", "bldr webhook list")).toContain(
      `http://127.0.0.1:${receiver.port}/  promotion`,
    );
    const { delivery } = await json<{ delivery: string }>("adam", `bldr webhook ping ${id}`);
    const deliveries = () => said("adam", `bldr webhook deliveries ${id}`);
    while (!/ delivered /.test(await deliveries())) await Bun.sleep(20);
    expect(await deliveries()).toContain(delivery);
    expect(await said("adam", `bldr webhook disable ${id}`)).toContain("Disabled");
    expect(await said("adam", "bldr webhook list")).toMatch(/ no +http/);
    expect(await json("adam", `bldr webhook enable ${id}`)).toMatchObject({ id, active: true });
    await said("adam", `bldr webhook delete ${id}`);
    expect(await json<{ total: number }>("adam", "bldr webhook list")).toMatchObject({ total: 0 });
  } finally {
    await receiver.stop(true);
  }
});
