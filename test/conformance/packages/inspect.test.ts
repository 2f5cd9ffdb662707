// Every recorded hart, good, damaged and odd, as header, verification and metadata see it (recorded from 2.1.78).
import { afterAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashFile, KeyCache, parseKey, type SecretKey } from "../../../src/crypto/index.ts";
import { HabError } from "../../../src/error/index.ts";
import {
  formatIdent,
  hashRest,
  readArchive,
  readHartHeader,
  signHart,
  verifyHart,
} from "../../../src/package/index.ts";
import inspect from "./inspect.json";
import sign from "./sign.json";

const scratch = mkdtempSync(join(tmpdir(), "hab-inspect-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const here = import.meta.dir;
for (const origin of ["acme", "mallory"])
  copyFileSync(
    join(here, `keys/${origin}-20261123072809.pub`),
    join(scratch, `${origin}-20261123072809.pub`),
  );
const keys = new KeyCache(scratch);

/** Where we are stricter: a key name that is a path is refused before any file is looked for. */
const REFUSED = new Set(["odd-key-name-with-path"]);

async function exitCode(action: Promise<unknown>): Promise<number> {
  try {
    await action;
    return 0;
  } catch (error) {
    if (error instanceof HabError) return error.exitCode;
    throw error;
  }
}

describe("harts", () => {
  test.each(inspect.cases)("$name", async (vector) => {
    const path = join(here, vector.file);
    expect(await exitCode(verifyHart(path, keys))).toBe(REFUSED.has(vector.name) ? 1 : vector.verify.exit);
    expect(await exitCode(readArchive(path))).toBe(vector.info_json.exit);
    // Compat: `pkg header` warns about what it cannot read and exits 0; the warning is what tells.
    const headerFails = (await exitCode(readHartHeader(path))) !== 0;
    expect(headerFails).toBe(vector.header.stderr !== "");
  });
  test.each(inspect.cases.filter(({ info_json }) => info_json.exit === 0))("$name says", async (vector) => {
    const wanted = JSON.parse(vector.info_json.stdout);
    const found = await readArchive(join(here, vector.file));
    expect({
      ident: formatIdent(found.ident),
      checksum: found.checksum,
      target: found.target,
      is_a_service: found.isService,
      signature_raw: found.header.rawSignature,
      deps: found.deps.map(formatIdent),
      tdeps: found.tdeps.map(formatIdent),
      build_deps: found.buildDeps.map(formatIdent),
      exposes: found.exposes,
      manifest: found.manifest,
      config: found.config ?? null,
      svc_user: found.svcUser ?? null,
      ld_run_path: found.ldRunPath ?? null,
      cflags: found.cflags ?? null,
    }).toEqual({
      ident: `${wanted.origin}/${wanted.name}/${wanted.version}/${wanted.release}`,
      checksum: wanted.checksum,
      target: wanted.target,
      is_a_service: wanted.is_a_service,
      signature_raw: wanted.signature_raw,
      deps: wanted.deps.map(text),
      tdeps: wanted.tdeps.map(text),
      build_deps: wanted.build_deps.map(text),
      exposes: wanted.exposes,
      manifest: wanted.manifest,
      config: wanted.config,
      svc_user: wanted.svc_user,
      ld_run_path: wanted.ld_run_path,
      cflags: wanted.cflags,
    });
  });
});

function text(ident: unknown): unknown {
  return typeof ident === "string" ? ident : formatIdent(ident as Parameters<typeof formatIdent>[0]);
}

describe("signatures", async () => {
  const secret = await Bun.file(join(here, "keys/acme-20261123072809.sig.key")).text();
  const key = parseKey("origin-secret", secret) as SecretKey<"origin-secret">;
  test.each(sign.cases)("$name", async (vector) => {
    const [source, hart] = [join(scratch, "payload"), join(scratch, "signed")];
    writeFileSync(source, payload(vector.payload));
    await signHart(source, hart, key);
    expect((await readHartHeader(hart)).rawSignature).toBe(vector.signature_line);
    expect([await hashFile(source), await hashFile(hart)]).toEqual([vector.payload_hash, vector.hart_hash]);
    expect(Bun.file(hart).size).toBe(vector.hart_size);
  });
});

test("a hash from an offset is that of the rest", async () => {
  const path = join(scratch, "abc");
  writeFileSync(path, "xxfoo\n");
  const { openSync, closeSync } = await import("node:fs");
  const fd = openSync(path, "r");
  expect(await hashRest(fd, 2)).toBe("20590a52c4f00588c500328b16d466c982a26fabaa5fa4dcc83052dd0a84f233");
  closeSync(fd);
});

interface Recipe {
  readonly type: string;
  readonly text?: string;
  readonly hex?: string;
  readonly count?: number;
  readonly size?: number;
  readonly step?: number;
}

function payload({ type, text = "", hex = "", count = 0, size = 0, step = 1 }: Recipe): Uint8Array {
  if (type === "text") return Buffer.from(text);
  if (type === "repeat") return Buffer.alloc(count, Number.parseInt(hex, 16));
  return Uint8Array.from({ length: size }, (_, i) => (i * step) % 256);
}
