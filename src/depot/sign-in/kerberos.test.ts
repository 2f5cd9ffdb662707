// Signing in with Kerberos: a real KDC, real tickets, `curl --negotiate` (docs/sign-in.md).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeError, HabError } from "../../error/index.ts";
import { disableAccount } from "../index.ts";
import { startTestDepot, type TestDepot } from "../testing/depot.ts";
import { REALM, startKdc, type TestKdc } from "../testing/kerberos.ts";
import { type SignInFile, signInFile } from "../testing/sign-in-file.ts";
import { accountOfPrincipal } from "./kerberos.ts";

let kdc: TestKdc;
let depot: TestDepot;
let file: SignInFile;

beforeAll(async () => {
  kdc = await startKdc(["alice", "bob", "dora", "alice/admin"]);
  file = signInFile({
    kerberos: {
      keytab: kdc.keytab("HTTP/localhost", "imap/localhost"),
      realms: [REALM],
      new_accounts: ["alice", "dora"],
    },
  });
  depot = await startTestDepot({ signInFile: file.path });
});
afterAll(async () => {
  await depot.stop();
  await kdc.stop();
  file.remove();
});

/** Status, headers and body of what curl gets, with the tickets of a person or with none. */
async function curl(env: Readonly<Record<string, string>>, path: string, ...words: string[]) {
  const url = depot.url.replace("127.0.0.1", "localhost") + path;
  const child = Bun.spawn(["curl", "-sS", "-i", "--max-time", "60", ...words, url], {
    env: { PATH: "/usr/bin:/bin", ...env },
    stderr: "pipe",
  });
  const [text, errors] = [await new Response(child.stdout).text(), await new Response(child.stderr).text()];
  if ((await child.exited) !== 0) throw new Error(`curl: ${errors}`);
  // The first answer asks for a ticket, the last is the one that counts.
  const last = text.slice(text.lastIndexOf("HTTP/1.1 "));
  const [head = "", body = ""] = last.split("\r\n\r\n");
  const headers = new Headers();
  for (const line of head.split("\r\n").slice(1))
    headers.append(...(line.split(/:\s*(.*)/s) as [string, string]));
  return { status: Number(head.split(" ")[1]), headers, body };
}

const negotiate = (env: Readonly<Record<string, string>>, ...words: string[]) =>
  curl(env, "/v1/sign-in/kerberos?return_to=/origins", "--negotiate", "-u", ":", ...words);

describe("curl --negotiate", () => {
  test("with a ticket begins a session, and is proved that it is the depot", async () => {
    const jar = join(kdc.directory, "jar");
    const { status, headers } = await negotiate(kdc.kinit("alice"), "-c", jar);
    expect([status, headers.get("location")]).toEqual([303, "/origins"]);
    expect(headers.get("www-authenticate")).toMatch(/^Negotiate [A-Za-z0-9+/]+=*$/);
    const profile = await curl({}, "/v1/profile", "-b", jar);
    expect(JSON.parse(profile.body)).toMatchObject({ name: "alice" });
    // As docs/sign-in.md shows it: a token for programs.
    const url = depot.url.replace("127.0.0.1", "localhost");
    const made = await curl(
      {},
      "/v1/profile/access-tokens",
      ...["-b", jar, "-X", "POST", "-H", "X-Hab-Request: 1", "-H", `Origin: ${url}`],
    );
    const { token } = JSON.parse(made.body) as { token: string };
    expect((await depot.call("GET", "/profile", { token })).status).toBe(200);
  });

  test("without a ticket is asked for one", async () => {
    const { status, headers } = await curl(
      { ...kdc.env, KRB5CCNAME: "FILE:/nonexistent" },
      "/v1/sign-in/kerberos",
    );
    expect([status, headers.get("www-authenticate")]).toEqual([401, "Negotiate"]);
  });

  test("gets in as nobody who has no account, is another principal, or whose account is off", async () => {
    for (const person of ["bob", "alice/admin"]) {
      const { status, headers } = await negotiate(kdc.kinit(person));
      expect([person, status, headers.get("set-cookie")]).toEqual([person, 401, null]);
    }
    await disableAccount(depot.place, "alice");
    expect((await negotiate(kdc.kinit("alice"))).status).toBe(401);
  });
});

describe("a ticket", () => {
  test("is good once: who overhears it gains nothing", async () => {
    const trace = join(kdc.directory, "trace");
    await negotiate(kdc.kinit("bob"), "--trace-ascii", trace);
    const sent = /Authorization: (Negotiate [A-Za-z0-9+/=\n]+?)(?=\n[0-9a-f]{4}: [A-Z])/s.exec(
      (await Bun.file(trace).text()).replace(/\n[0-9a-f]{4}: (?=[A-Za-z0-9+/=]+\n)/g, ""),
    )?.[1];
    expect(sent?.length).toBeGreaterThan(500);
    const again = await depot.call("GET", "/sign-in/kerberos", { headers: { Authorization: sent ?? "" } });
    expect(again.status).toBe(401);
    expect(depot.log.at(-1)).toContain("replay");
  });

  test.each([
    ["nothing", ""],
    ["no base64", " !!"],
    ["the beginning of a token", " YII="],
    ["rubbish", ` ${"QUJD".repeat(1000)}`],
    ["NTLM", " TlRMTVNTUAABAAAA"],
  ])("that is none is refused: %s", async (_, token) => {
    const headers = { Authorization: `Negotiate${token}` };
    expect((await depot.call("GET", "/sign-in/kerberos", { headers })).status).toBe(401);
    // And where no ticket is asked for, it is nobody's.
    expect((await depot.call("GET", "/profile", { headers })).status).toBe(401);
  });

  test("for another service whose key is in the same keytab is not accepted", async () => {
    const dora = kdc.kinit("dora");
    expect((await negotiate(dora, "--service-name", "imap")).status).toBe(401);
    expect((await negotiate(dora)).status).toBe(303);
  });
});

describe("a depot that cannot accept tickets says so at its start", () => {
  test.each([
    ["without the library", { library: "libnosuch.so" }, "libnosuch.so"],
    ["without the keytab", { keytab: "/nonexistent/keytab" }, "/nonexistent/keytab"],
    ["with a key of another service alone", { service: "imap@elsewhere" }, "imap@elsewhere"],
    ["with a file that is no keytab", { keytab: "rubbish" }, "keytab"],
  ])("%s", async (_, words, says) => {
    const bad = signInFile({ kerberos: { keytab: kdc.keytab("HTTP/localhost"), realms: [REALM], ...words } });
    writeFileSync(join(bad.directory, "rubbish"), "rubbish");
    const error = await startTestDepot({ signInFile: bad.path }).catch((thrown: unknown) => thrown);
    bad.remove();
    expect(error).toBeInstanceOf(HabError);
    expect(describeError(error)).toContain(says);
  });
});

test.each([
  ["alice@HAB.TEST", false, "alice"],
  ["alice@HAB.TEST", true, "alice@HAB.TEST"],
  ["alice@OTHER.TEST", false, undefined],
  ["alice/admin@HAB.TEST", false, undefined],
  ["host/localhost@HAB.TEST", false, undefined],
  ["alice\\@OTHER.TEST@HAB.TEST", true, undefined],
  ["WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS", false, undefined],
  ["@HAB.TEST", false, undefined],
  ["alice", false, undefined],
])("principal %s, with realm: %p, is the account %p", (principal, keepRealm, name) => {
  expect(accountOfPrincipal(principal, { realms: [REALM], keepRealm })).toBe(name);
});
