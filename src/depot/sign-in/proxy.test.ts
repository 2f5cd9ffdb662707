// A proxy in front that asks for name and password itself (docs/sign-in.md): a small one, on an address of its own.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { testBrowser } from "../testing/browser.ts";
import { startTestDepot, type TestDepot } from "../testing/depot.ts";
import { type SignInFile, signInFile } from "../testing/sign-in-file.ts";

/** Another address of this machine, from which the proxy connects; we connect from 127.0.0.1. */
const PROXY_ADDRESS = "127.0.0.7";
const PEOPLE: Readonly<Record<string, string>> = { alice: "in front", bob: "in front", eve: "in front" };

let depot: TestDepot;
let file: SignInFile;
let proxy: Server;
let front: string;

beforeAll(async () => {
  file = signInFile({
    password: { enabled: false },
    proxy: { addresses: [PROXY_ADDRESS], account_header: "X-Remote-User", new_accounts: ["alice", "bob"] },
  });
  depot = await startTestDepot({ signInFile: file.path });
  proxy = createServer((incoming, answer) => {
    const [scheme, credentials = ""] = (incoming.headers.authorization ?? "").split(" ");
    const [name = "", password] = Buffer.from(credentials, "base64").toString().split(":");
    const isOpen = incoming.url === "/v1/status" || scheme === "Bearer";
    if (!isOpen && (scheme !== "Basic" || PEOPLE[name] !== password)) {
      answer.writeHead(401, { "WWW-Authenticate": "Basic" }).end();
      return;
    }
    // As nginx does with proxy_set_header: what the client sent under these names is replaced; the rest is handed on.
    const headers = {
      ...incoming.headers,
      "x-remote-user": scheme === "Basic" ? name : "",
      "x-forwarded-for": [incoming.headers["x-forwarded-for"], "198.51.100.9"].filter(Boolean).join(", "),
      "x-forwarded-proto": "https",
    };
    const { port } = new URL(depot.url);
    const outgoing = httpRequest(
      {
        host: "127.0.0.1",
        port,
        path: incoming.url,
        method: incoming.method,
        headers,
        localAddress: PROXY_ADDRESS,
      },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      },
    );
    outgoing.on("error", () => answer.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  front = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterAll(async () => {
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
  await depot.stop();
  file.remove();
});

const basic = (name: string) => ({ Authorization: `Basic ${btoa(`${name}:${PEOPLE[name] ?? "wrong"}`)}` });
const through = (path: string, headers: Readonly<Record<string, string>>, method = "GET") =>
  fetch(`${front}/v1${path}`, { method, headers, redirect: "manual" });

test("who the proxy has let in is the account of that name", async () => {
  expect(await (await through("/profile", basic("alice"))).json()).toMatchObject({ name: "alice" });
  expect((await through("/profile", basic("nobody"))).status).toBe(401);
  expect((await through("/status", {})).status).toBe(200);
  // Let in by the proxy, but nobody here.
  expect((await through("/profile", basic("eve"))).status).toBe(401);
});

test("the header from anybody else is passed over, and the operator told once", async () => {
  for (let each = 0; each < 3; each++)
    expect((await depot.call("GET", "/profile", { headers: { "X-Remote-User": "alice" } })).status).toBe(401);
  expect((await depot.call("GET", "/status", { headers: { "X-Remote-User": "alice" } })).status).toBe(200);
  const pretence = depot.log.filter((line) => line.includes("is none of sign-in's proxy.addresses"));
  expect(pretence).toHaveLength(1);
});

test("a client cannot name itself through the proxy either, and a token goes before the proxy's name", async () => {
  const named = await through("/profile", { ...basic("alice"), "X-Remote-User": "bob" });
  expect(await named.json()).toMatchObject({ name: "alice" });
  const token = await depot.account("carol");
  const byToken = await through("/profile", { Authorization: `Bearer ${token}`, "X-Remote-User": "bob" });
  expect(await byToken.json()).toMatchObject({ name: "carol" });
});

describe("a request that a browser sends by itself", () => {
  const write = (headers: Readonly<Record<string, string>>) =>
    through("/profile/sessions", { ...basic("alice"), ...headers }, "DELETE");
  const own = () => front.replace("http:", "https:");

  test("changes nothing without the header of the depot's own pages, or from another site", async () => {
    expect((await write({})).status).toBe(403);
    expect((await write({ "X-Hab-Request": "1", Origin: "https://elsewhere.example" })).status).toBe(403);
    expect((await write({ "X-Hab-Request": "1", Origin: own() })).status).toBe(204);
    expect((await write({ "X-Hab-Request": "1" })).status).toBe(204);
  });
});

test("a session of the proxy's name: cookie for https alone, and the client's own address", async () => {
  const browser = testBrowser(front);
  const begun = await browser.send("GET", `${front}/v1/sign-in/proxy?return_to=/origins`, {
    headers: { ...basic("bob"), "X-Forwarded-For": "6.6.6.6" },
  });
  expect([begun.status, begun.headers.get("location")]).toEqual([303, "/origins"]);
  expect(browser.setCookies).toEqual([
    expect.stringMatching(
      /^__Host-hab_session=_[\w-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict; Secure$/,
    ),
  ]);
  const { sessions } = (await (await through("/profile/sessions", basic("bob"))).json()) as {
    sessions: object[];
  };
  expect(sessions).toMatchObject([{ way: "proxy", address: "198.51.100.9" }]);
  const rows = await depot.rows((db) =>
    db.selectFrom("audit").select(["account_name", "address"]).where("operation", "=", "sign-in").execute(),
  );
  expect(rows).toEqual([{ account_name: "bob", address: "198.51.100.9" }]);
  expect((await depot.call("GET", "/sign-in/proxy")).status).toBe(401);
});

test("passwords of the depot's own can be switched off", async () => {
  const { ways } = (await (await depot.call("GET", "/sign-in")).json()) as { ways: object[] };
  expect(ways).toEqual([{ kind: "proxy", name: "Proxy", url: "/v1/sign-in/proxy" }]);
  const json = { name: "alice", password: "correct horse battery staple" };
  expect((await depot.call("POST", "/sign-in/password", { json })).status).toBe(404);
});
