// Shape of `hab sup secret generate-tls` output as the original's; the key file's mode is 0600 on purpose.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { HAB, run } from "../../binary/program.ts";

interface Case {
  readonly name: string;
  readonly argv: string[];
  readonly expect?: { readonly exit: number; readonly stderr: string };
}
const { cases }: { cases: Case[] } = JSON.parse(readFileSync(join(import.meta.dir, "secrets.json"), "utf8"));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-secrets-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("sup secret generate-tls", () => {
  const rows = cases.filter(({ argv }) => argv[2] === "generate-tls").map((row) => [row.name, row] as const);
  test.each(rows)("%s", async (_, { argv, expect: wanted }) => {
    const words = argv.map((word) => word.replace("$ROOT", root));
    const { code, stdout, stderr } = await run([HAB, ...words], {
      env: { FS_ROOT: root, HOME: root, HAB_NOCOLORING: "true" },
    });
    expect(code).toBe(wanted?.exit ?? 0);
    expect(stdout).toBe("");
    if (code !== 0) {
      expect(stderr).toContain("Invalid DNS name");
      return;
    }
    const directory = words.at(-1)!;
    const files = readdirSync(directory).sort();
    expect(files.map((file) => file.replace(/\d{14}/, "R"))).toEqual([
      "ctl-gateway-R.crt.pem",
      "ctl-gateway-R.key.pem",
    ]);
    const cert = readFileSync(join(directory, files[0]!), "utf8");
    const key = readFileSync(join(directory, files[1]!), "utf8");
    expect(statSync(join(directory, files[1]!)).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, files[0]!)).mode & 0o777).toBe(0o644);
    const parsed = new X509Certificate(cert);
    expect(parsed.subject).toBe("O=Habitat Supervisor Control Gateway");
    expect(parsed.issuer).toBe(parsed.subject);
    expect(parsed.subjectAltName).toBe(`DNS:${words[4]}, DNS:localhost`);
    expect(parsed.validFrom).toBe("Jan  1 00:00:00 1975 GMT");
    expect(parsed.validTo).toBe("Jan  1 00:00:00 4096 GMT");
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    using server = Bun.listen({ hostname: "127.0.0.1", port: 0, tls: { cert, key }, socket: { data() {} } });
    await new Promise<void>((resolve, reject) => {
      const client = connect({ host: "127.0.0.1", port: server.port, ca: cert, servername: "localhost" });
      client.on("secureConnect", () => {
        const problem = client.authorized ? undefined : client.authorizationError;
        client.destroy();
        problem === undefined ? resolve() : reject(problem);
      });
      client.on("error", reject);
    });
  });
});
