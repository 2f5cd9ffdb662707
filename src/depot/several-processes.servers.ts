// Run by scale.test.ts with a real PostgreSQL: several processes behind a balancer are one depot. What one has answered as
// done, the next question to any other knows.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { SQL } from "bun";
import { createAccount, createToken, type DepotPlaceWords, type RunningDepot, startDepot } from "./index.ts";
import { temporaryDirectory } from "./testing/directory.ts";
import { makeHart } from "./testing/harts.ts";

const { HAB_TEST_DATABASE: server = "" } = process.env;
const directory = temporaryDirectory("hab-several-");
const running: RunningDepot[] = [];
let token: string;

beforeAll(async () => {
  const schema = `several_processes${process.pid}`;
  const sql = new SQL(server, { max: 1 });
  await sql.unsafe(`create schema ${schema}`);
  await sql.close();
  const placeOf = (name: string): DepotPlaceWords => ({
    dataDirectory: join(directory, name),
    database: `${server}?schema=${schema}`,
    keysDirectory: join(directory, "keys"),
  });
  await createAccount(placeOf("one"), "bobo", "bobo@example.com");
  token = (await createToken(placeOf("one"), "bobo")).token.reveal();
  for (const name of ["one", "other"])
    running.push(await startDepot({ ...placeOf(name), listen: { host: "127.0.0.1", port: 0 } }));
});

afterAll(async () => {
  for (const depot of running) await depot.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function write(depot: number, method: string, path: string, body?: string | Uint8Array<ArrayBuffer>) {
  const headers = {
    Authorization: `Bearer ${token}`,
    ...(typeof body === "string" && { "Content-Type": "application/json" }),
  };
  const answer = await fetch(`${running[depot]?.url}/v1/depot${path}`, {
    method,
    headers,
    ...(body !== undefined && { body }),
  });
  expect(answer.ok).toBe(true);
}

test("a promotion by one is seen by the next question to the other", async () => {
  await write(0, "POST", "/origins", '{"name":"acme"}');
  const idents = ["1.0", "2.0", "3.0", "4.0"].map((version) => `acme/app/${version}/20260101000000`);
  for (const ident of idents) {
    const { bytes, checksum } = await makeHart(ident);
    await write(0, "POST", `/pkgs/${ident}?checksum=${checksum}`, bytes);
  }
  const latest = async (depot: number): Promise<string | undefined> => {
    const path = "/channels/acme/stable/pkgs/app/latest?target=x86_64-linux";
    const answer = await fetch(`${running[depot]?.url}/v1/depot${path}`);
    if (!answer.ok) return undefined;
    return ((await answer.json()) as { ident: { version: string } }).ident.version;
  };
  // Asked before, so that both have an answer to keep.
  expect(await Promise.all([latest(0), latest(1), latest(1)])).toEqual([undefined, undefined, undefined]);
  for (const [index, ident] of idents.entries()) {
    await write(index % 2, "PUT", `/channels/acme/stable/pkgs/${ident.slice("acme/".length)}/promote`);
    const version = ident.split("/")[2];
    expect(await Promise.all([0, 1, 1, 0].map(latest))).toEqual([version, version, version, version]);
  }
  await write(1, "PUT", `/channels/acme/stable/pkgs/${idents[3]?.slice("acme/".length)}/demote`);
  expect(await Promise.all([0, 1].map(latest))).toEqual(["3.0", "3.0"]);
});
