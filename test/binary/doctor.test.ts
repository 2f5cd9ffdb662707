// `hab doctor` as a monitor runs it: lines, exit codes, and a depot behind TLS.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selfSignedCertificate } from "../../src/crypto/index.ts";
import { HAB, run } from "./program.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-doctor-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Port 0 is free whatever else runs on this machine. */
const FREE = {
  HAB_LISTEN_HTTP: "127.0.0.1:0",
  HAB_LISTEN_CTL: "127.0.0.1:0",
  HAB_LISTEN_GOSSIP: "127.0.0.1:0",
};

function doctor(env: Record<string, string> = {}, ...words: string[]) {
  return run([HAB, "doctor", ...words], {
    env: { FS_ROOT: root, HOME: root, HAB_NOCOLORING: "true", ...FREE, ...env },
  });
}

test("a warning is no failure, but for --strict", async () => {
  // There is no key cache.
  const relaxed = await doctor();
  expect(relaxed.code).toBe(0);
  expect(relaxed.stderr).toContain("does not exist");
  expect(relaxed.stderr).not.toContain("FAILED");
  const strict = await doctor({}, "--strict");
  expect([strict.code, strict.stderr]).toEqual([1, relaxed.stderr]);
  const { code, stdout } = await doctor({}, "--strict", "--json");
  expect([code, JSON.parse(stdout).ok]).toEqual([1, false]);
  expect(JSON.parse((await doctor({}, "--json")).stdout).ok).toBe(true);
});

test("a failure says so, with what to do next, and the exit code is 1", async () => {
  const { code, stdout, stderr } = await doctor({ HAB_LISTEN_CTL: "no:port:at:all" });
  expect(code).toBe(1);
  const lines = stderr.split("\n");
  const at = lines.indexOf("Ø FAILED control: HAB_LISTEN_CTL is no address");
  expect(at).not.toBe(-1);
  expect(lines[at + 1]).toBe("Ø   Next: Set HAB_LISTEN_CTL to HOST:PORT.");
  expect(stdout).toContain("✓ Verified HTTP gateway");
});

describe("a depot behind TLS", () => {
  const DAY_MS = 86_400_000;
  let certificate: string;
  let server: ReturnType<typeof Bun.serve>;
  function serve(dnsName: string, fromDays: number, toDays: number): void {
    const made = selfSignedCertificate({
      organization: "Test",
      dnsNames: [dnsName],
      notBefore: new Date(Math.floor(Date.now() / 1000) * 1000 + fromDays * DAY_MS),
      notAfter: new Date(Math.floor(Date.now() / 1000) * 1000 + toDays * DAY_MS),
    });
    certificate = join(root, "authority.pem");
    writeFileSync(certificate, made.certificate);
    server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      tls: { cert: made.certificate, key: made.key },
      fetch: () => new Response("", { headers: { date: new Date().toUTCString() } }),
    });
  }
  afterEach(() => server.stop(true));
  const ask = (env: Record<string, string> = {}) =>
    doctor({ HAB_BLDR_URL: `https://localhost:${server.port}`, ...env });

  test("whose authority nobody knows: the way out is named, and is one", async () => {
    serve("localhost", -1, 1);
    const { code, stderr } = await ask();
    expect(code).toBe(1);
    expect(stderr).toContain(`the certificate of https://localhost:${server.port} is not trusted`);
    expect(stderr).toContain("SSL_CERT_FILE");
    const trusted = await ask({ SSL_CERT_FILE: certificate });
    expect([trusted.code, trusted.stderr.includes("localhost")]).toEqual([0, false]);
    const cache = process.geteuid?.() === 0 ? "hab/cache/ssl" : ".hab/cache/ssl";
    expect(stderr).toContain(join(root, cache));
    mkdirSync(join(root, cache), { recursive: true });
    writeFileSync(join(root, cache, "authority.pem"), await Bun.file(certificate).text());
    expect((await ask()).code).toBe(0);
  });

  test("whose certificate has expired", async () => {
    serve("localhost", -3, -1);
    expect((await ask({ SSL_CERT_FILE: certificate })).stderr).toMatch(/certificate of \S+ has expired/);
  });

  test("whose certificate is for another name", async () => {
    serve("elsewhere", -1, 1);
    expect((await ask({ SSL_CERT_FILE: certificate })).stderr).toMatch(
      /certificate of \S+ is for another name/,
    );
  });

  test("that speaks no TLS", async () => {
    server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("") });
    expect((await ask()).stderr).toMatch(/FAILED depot: no secure connection to/);
  });
});
