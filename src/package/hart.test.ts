import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateOriginKeyPair, KeyCache, parseKey, type SecretKey } from "../crypto/index.ts";
import { isKind } from "../error/index.ts";
import { payloadPart, readArchive, readTar } from "./archive.ts";
import { packageErrors } from "./errors.ts";
import { readHartHeader, readHeaderFrom, signHart, verifyHart, withFile } from "./hart.ts";
import { parseFullIdent } from "./ident.ts";
import { writeArchive } from "./pack.ts";
import type { TarEntry } from "./tar/format.ts";
import { Unpacker } from "./unpack.ts";

const scratch = mkdtempSync(join(tmpdir(), "hab-hart-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const KEY_TEXT =
  "SIG-SEC-1\norigin-key-valid-20160509190508\n\nhHsCBdPbqEBzrCUQchDxUTKRwohmBwmP3WtncX6pneDxfAc+vVXY06HIiljO6kEN+IHwABybTRXiyWWX0bvX5A==";
const key = parseKey("origin-secret", KEY_TEXT) as SecretKey<"origin-secret">;
const keys = new KeyCache(join(scratch, "keys"));
keys.write(
  parseKey(
    "origin-public",
    "SIG-PUB-1\norigin-key-valid-20160509190508\n\n8XwHPr1V2NOhyIpYzupBDfiB8AAcm00V4slll9G71+Q=",
  ),
);

describe("signing", () => {
  test.each([
    [
      "foo\n",
      "lCLi6wKI2oeC8YGGwc4DD55jRKmLJg2MeFyYj2GHFukU8zA/O1IaMzU/Bdam53F78SEZ41vJTDDH1rduraGWDDIwNTkwYTUyYzRmMDA1ODhjNTAwMzI4YjE2ZDQ2NmM5ODJhMjZmYWJhYTVmYTRkY2M4MzA1MmRkMGE4NGYyMzM=",
      225,
    ],
    [
      "hearty goodness",
      "/MCoVFOKpfsbpirsrPhmL7YPBC2r6LGl4gdKKJzNFXAuUH/MjZA79FQmoLWoaHaE7GLD10umghMXNqK6kWrPBGYzODZlNDhiMTFjODgyNjlhOTVkNDFhYWZiOGRlM2Q0OTg3ZDUzYTYzYzIzY2I1MjIxN2M5MWYzY2EwMTc2ODM=",
      236,
    ],
  ])("%j gives the known bytes", async (text, signature, size) => {
    const [source, hart] = [join(scratch, "payload"), join(scratch, "signed.hart")];
    writeFileSync(source, text);
    await signHart(source, hart, key);
    expect((await readHartHeader(hart)).rawSignature).toBe(signature);
    expect(statSync(hart).size).toBe(size);
    expect((await verifyHart(hart, keys)).signer.name).toBe("origin-key-valid");
  });
});

describe("a packed directory", () => {
  const ident = parseFullIdent("acme/thing/1.0/20260101000000");
  const release = join(scratch, "hab/pkgs/acme/thing/1.0/20260101000000");
  const longName = `${"n".repeat(90)}/${"m".repeat(120)}`;
  mkdirSync(join(release, "n".repeat(90)), { recursive: true });
  mkdirSync(join(release, "closed"));
  writeFileSync(join(release, "IDENT"), "acme/thing/1.0/20260101000000\n");
  writeFileSync(join(release, "TARGET"), "x86_64-linux\n");
  writeFileSync(join(release, "MANIFEST"), "# thing\n");
  writeFileSync(join(release, "SVC_USER"), "hab\n");
  writeFileSync(join(release, "TDEPS"), "core/a/1/2\ncore/b/1/2\n");
  writeFileSync(join(release, longName), "long");
  writeFileSync(join(release, "tool"), Buffer.alloc(700_000, "tool "), { mode: 0o755 });
  linkSync(join(release, "tool"), join(release, "zlink"));
  symlinkSync(longName, join(release, "soft"));
  writeFileSync(Buffer.concat([Buffer.from(`${release}/`), Buffer.from([0xff, 0xfe])]), "raw name");
  writeFileSync(join(release, "closed/secret"), "s", { mode: 0o400 });
  chmodSync(join(release, "closed"), 0o500);
  const pack = (destination: string) =>
    writeArchive({
      directory: release,
      root: scratch,
      destination,
      key,
      compressionLevel: 1,
      epochSeconds: 1_700_000_000,
    });

  test("has the bytes of its content alone, and a signature that holds", async () => {
    const [first, second] = [join(scratch, "1.hart"), join(scratch, "2.hart")];
    await pack(first);
    await pack(second);
    expect(readFileSync(first).equals(readFileSync(second))).toBe(true);
    expect(statSync(first).mode & 0o777).toBe(0o644);
    await verifyHart(first, keys);
  });

  test("says what is in it", async () => {
    const metadata = await readArchive(join(scratch, "1.hart"));
    expect([metadata.ident, metadata.target, metadata.isService, metadata.manifest]).toEqual([
      ident,
      "x86_64-linux",
      true,
      "# thing",
    ]);
    expect(metadata.tdeps.length).toBe(2);
  });

  test("comes out as it went in", async () => {
    const out = join(scratch, "out");
    mkdirSync(out);
    await withFile(join(scratch, "1.hart"), async (fd) => {
      const unpacker = new Unpacker(out, ident);
      await readTar(payloadPart(fd, readHeaderFrom(fd)), unpacker);
      unpacker.finish();
    });
    expect(readFileSync(join(out, "soft"), "utf8")).toBe("long");
    expect(statSync(join(out, "tool")).ino).toBe(statSync(join(out, "zlink")).ino);
    expect(statSync(join(out, "tool")).mode & 0o7777).toBe(0o755);
    expect(statSync(join(out, "closed")).mode & 0o7777).toBe(0o500);
    expect(statSync(join(out, "tool")).mtimeMs).toBe(1_700_000_000_000);
    expect(readFileSync(Buffer.concat([Buffer.from(`${out}/`), Buffer.from([0xff, 0xfe])]), "utf8")).toBe(
      "raw name",
    );
  });

  test("is what GNU tar and xz take it for", async () => {
    await withFile(join(scratch, "1.hart"), async (fd) => {
      const { payloadOffset } = readHeaderFrom(fd);
      writeFileSync(
        join(scratch, "payload.tar.xz"),
        readFileSync(join(scratch, "1.hart")).subarray(payloadOffset),
      );
    });
    const listing = Bun.spawnSync(["tar", "-tJf", join(scratch, "payload.tar.xz")]);
    expect(listing.exitCode).toBe(0);
    const names = listing.stdout.toString().split("\n");
    expect(names[0]).toBe("hab/pkgs/acme/thing/1.0/20260101000000/");
    expect(names).toContain(`hab/pkgs/acme/thing/1.0/20260101000000/${longName}`);
  });

  test("any change is found", async () => {
    const bad = join(scratch, "bad.hart");
    const bytes = readFileSync(join(scratch, "1.hart"));
    bytes[bytes.length - 40] = (bytes[bytes.length - 40] as number) ^ 1;
    writeFileSync(bad, bytes);
    expect(
      isKind(await verifyHart(bad, keys).catch((error: unknown) => error), packageErrors.contentMismatch),
    ).toBe(true);
    truncateSync(bad, 400);
    expect(
      isKind(await readArchive(bad).catch((error: unknown) => error), packageErrors.corruptPayload),
    ).toBe(true);
  });
});

test("large payloads go through several threads and come out whole", async () => {
  const directory = join(scratch, "hab/pkgs/acme/large/1.0/20260101000000");
  mkdirSync(directory, { recursive: true });
  const noise = new Uint8Array(300_000);
  crypto.getRandomValues(noise.subarray(0, 8192));
  for (let i = 0; i < 100; i++) writeFileSync(join(directory, `f${i}`), noise);
  writeFileSync(join(directory, "last"), "end");
  const hart = join(scratch, "large.hart");
  await writeArchive({
    directory,
    root: scratch,
    destination: hart,
    key,
    compressionLevel: 0,
    epochSeconds: 0,
  });
  const seen: TarEntry[] = [];
  let bytes = 0;
  await withFile(hart, (fd) =>
    readTar(payloadPart(fd, readHeaderFrom(fd)), {
      begin: (entry) => seen.push(entry),
      data: (piece) => {
        bytes += piece.length;
      },
      end: () => undefined,
    }),
  );
  expect([seen.length, bytes]).toEqual([102, 30_000_003]);
});

test("a hart of another origin's key is a hart", async () => {
  const pair = generateOriginKeyPair("other", new Date(0));
  keys.write(pair.publicKey);
  const hart = join(scratch, "other.hart");
  writeFileSync(join(scratch, "text"), "x");
  await signHart(join(scratch, "text"), hart, pair.secretKey);
  expect((await verifyHart(hart, keys)).signer.name).toBe("other");
});
