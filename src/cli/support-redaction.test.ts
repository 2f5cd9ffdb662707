import { describe, expect, test } from "bun:test";
import {
  formatKey,
  generateBoxKeyPair,
  generateOriginKeyPair,
  generateRingKey,
  MASK,
} from "../crypto/index.ts";
import { redact, secretByName } from "./support-redaction.ts";

const HUSH = "hush-0123456789";
const DATE = new Date("2026-01-01T00:00:00Z");

/** The text as it would go into the bundle; why not, in brackets. */
function shown(text: string, name = "sup.log"): string {
  const result = redact(name, Buffer.from(text), undefined);
  return "reason" in result ? `[${result.reason}]` : Buffer.from(result.content).toString();
}

describe("masked in a text", () => {
  const base64 = (bytes: number) => Buffer.alloc(bytes, 0xa7).toString("base64");
  test.each([
    ["password=", `a password=${HUSH} b`, `a password="${MASK}" b`],
    ["a short name", `db_pass: ${HUSH}`, `db_pass: "${MASK}"`],
    ["quoted with spaces", `{"authToken": "${HUSH} and more", "x": 1}`, `{"authToken": "${MASK}", "x": 1}`],
    ["JSON in JSON", `"{\\"apiKey\\": \\"${HUSH}\\"}"`, `"{\\"apiKey\\": "${MASK}"`],
    ["an address", `at https://me:${HUSH}@host/x`, `at https://${MASK}@host/x`],
    ["an address whose password has an @", `postgres://me:p@${HUSH}@host`, `postgres://${MASK}@host`],
    ["an address signed by S3", `?X-Amz-Signature=${HUSH}`, `?X-Amz-Signature="${MASK}"`],
    ["an address signed by Azure", `/x?a=1&sig=${HUSH}&b=2`, `/x?a=1&sig=${MASK}&b=2`],
    ["any Authorization", `Authorization: Digest a="${HUSH}", b`, `Authorization: "${MASK}"`],
    ["a cookie", `Set-Cookie: session=${HUSH}; Secure`, `Set-Cookie: "${MASK}"`],
    ["Bearer alone", `sent Bearer ${HUSH} on`, `sent Bearer ${MASK} on`],
    ["an option", `ran --ring-key ${HUSH} x`, `ran --ring-key ${MASK} x`],
    ["hab -z", `ran hab pkg upload -z ${HUSH} x.hart`, `ran hab pkg upload -z ${MASK} x.hart`],
    ["curl -u", `curl -u me:${HUSH} host`, `curl -u ${MASK} host`],
    ["netrc", `machine host login me password ${HUSH}`, `machine host login me password ${MASK}`],
    [
      "XML",
      `<db><password type="x">${HUSH}</password></db>`,
      `<db><password type="x">${MASK}</password></db>`,
    ],
    [
      "YAML below its name",
      `a:\n  password: |\n    ${HUSH}\n    x\n  b: 1`,
      `a:\n  password: "${MASK}"\n  b: 1`,
    ],
    ["a list below its name", `tokens:\n  - ${HUSH}\nb: 1`, `tokens:"${MASK}"\nb: 1`],
    ["a token of a depot", `got _${base64(32).replaceAll("=", "")}x`, `got ${MASK}`],
    ["a token of the original's depot", "got _Qk9YLTEKYmxkci0yMDE3MDkyNzAyMzcxNApibGRy", `got ${MASK}`],
    ["a JSON Web Token", "x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln y", `x ${MASK} y`],
    ["a token of GitHub", `x ghp_${"a".repeat(36)} y`, `x ${MASK} y`],
    ["a line of a key file", `x\n${base64(32)}\ny`, `x\n${MASK}\ny`],
    ["a secret of a control gateway", `x ${base64(64)} y`, `x ${MASK} y`],
  ])("%s", (_, text, expected) => {
    expect(shown(text)).toBe(expected);
    expect(shown(text)).not.toContain(HUSH);
  });

  test.each([
    "redis.default(SR): Initializing",
    "core/redis/7.0.15/20260101000000 passed 3 of 3 checks in /hab/pkgs/core/redis",
    "http://127.0.0.1:9631/services?x=1",
    "member 0123456789abcdef0123456789abcdef is alive",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  ])("not: %s", (text) => expect(shown(text)).toBe(text));
});

describe("a file with a key is left out", () => {
  const origin = formatKey(generateOriginKeyPair("acme", DATE).secretKey).reveal();
  const box = formatKey(generateBoxKeyPair("user", "bob", DATE).secretKey).reveal();
  const ring = formatKey(generateRingKey("ring", DATE)).reveal();
  const pem = "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n";
  test.each([
    ["of an origin", origin],
    ["of a user", box],
    ["of a ring", ring],
    ["in PEM", pem],
    ["of age", "AGE-SECRET-KEY-1QQQ"],
  ])("%s", (_, key) => {
    for (const text of [
      key,
      `HAB_KEY=${JSON.stringify(key)}`,
      `data: ${Buffer.from(key).toString("base64")}`,
    ])
      expect(shown(`before\n${text}\nafter`)).toMatch(/^\[holds the text of a secret key\]$/);
  });
});

test("a file is left out by its name", () => {
  for (const name of ["CTL_SECRET", "x.sym.key", ".netrc", ".pgpass", "id_ed25519", ".env", "0123.rst"])
    expect(secretByName(name)).toBeDefined();
  for (const name of ["sup.log", "redis.spec", "sup.toml", "id_rsa_notes", "environment"])
    expect([name, secretByName(name)]).toEqual([name, undefined]);
});

test("values of TOML by their names and their forms", () => {
  const toml = `db_pass = "${HUSH}"\nsigning_key = "${HUSH}"\nnote = "Bearer ${HUSH}"\nport = 1\n`;
  expect(shown(toml, "sup.toml")).toBe(
    `db_pass = "${MASK}"\nsigning_key = "${MASK}"\nnote = "Bearer ${MASK}"\nport = 1\n`,
  );
});
