// Known answers for hashing, signing and encryption (reference/packages.md §22.1, §22.2, §22.6).
import { describe, expect, test } from "bun:test";
import {
  blake2b256,
  blake2b256Hex,
  boxPublicKey,
  cryptoErrors,
  decodeBase64,
  decryptAtRest,
  encodeBase64,
  loadBoxes,
  makeKey,
  openSignedMessage,
  parseDigest,
  parseNamedRevision,
  signMessage,
} from "../../../src/crypto/index.ts";
import { isKind } from "../../../src/error/index.ts";

const bytes = (base64: string) => decodeBase64(base64)!;
const text = (data: Uint8Array) => Buffer.from(data).toString();
const INVALID = { code: cryptoErrors.invalidSignature.code };

const refused = (kind: keyof typeof cryptoErrors, act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return isKind(error, cryptoErrors[kind]);
  }
  return false;
};

describe("BLAKE2b-256", () => {
  const cases: [string | Uint8Array, string][] = [
    ["", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"],
    ["foo\n", "20590a52c4f00588c500328b16d466c982a26fabaa5fa4dcc83052dd0a84f233"],
    [
      "supercalifragilisticexpialadocious",
      "2ca8ebafca7e189de2a36125b92a1db20f393d1e2708f5daa55e51cf05114437",
    ],
    [
      Uint8Array.from({ length: 10 }, (_, i) => i),
      "8b57a796a5d07cb04cc1614dfc2acb3f73edc712d7f433619ca3bbe66bb15f49",
    ],
    ["hearty goodness", "f386e48b11c88269a95d41aafb8de3d4987d53a63c23cb52217c91f3ca017683"],
  ];
  for (const [input, digest] of cases) {
    test(`of ${JSON.stringify(String(input))}`, () => {
      expect(blake2b256Hex(input)).toBe(digest);
      expect(Buffer.from(blake2b256(input)).toString("hex")).toBe(digest);
    });
  }

  test("digests parse in either case and only with 64 digits", () => {
    const digest = blake2b256Hex("foo\n");
    expect(parseDigest(digest.toUpperCase())).toBe(digest);
    for (const wrong of [digest.slice(2), `${digest}00`, `${digest.slice(1)}g`, `${digest}\n`, ""])
      expect(refused("malformedDigest", () => parseDigest(wrong))).toBe(true);
  });
});

describe("signing", () => {
  const id = parseNamedRevision("origin-key-valid-20160509190508");
  const publicKey = makeKey("origin-public", id, bytes("8XwHPr1V2NOhyIpYzupBDfiB8AAcm00V4slll9G71+Q="));
  const secretKey = makeKey(
    "origin-secret",
    id,
    bytes("hHsCBdPbqEBzrCUQchDxUTKRwohmBwmP3WtncX6pneDxfAc+vVXY06HIiljO6kEN+IHwABybTRXiyWWX0bvX5A=="),
  );
  const cases: [payload: string, line: string][] = [
    [
      "foo\n",
      "lCLi6wKI2oeC8YGGwc4DD55jRKmLJg2MeFyYj2GHFukU8zA/O1IaMzU/Bdam53F78SEZ41vJTDDH1rduraGWDDIwNTkwYTUyYzRmMDA1ODhjNTAwMzI4YjE2ZDQ2NmM5ODJhMjZmYWJhYTVmYTRkY2M4MzA1MmRkMGE4NGYyMzM=",
    ],
    [
      "hearty goodness",
      "/MCoVFOKpfsbpirsrPhmL7YPBC2r6LGl4gdKKJzNFXAuUH/MjZA79FQmoLWoaHaE7GLD10umghMXNqK6kWrPBGYzODZlNDhiMTFjODgyNjlhOTVkNDFhYWZiOGRlM2Q0OTg3ZDUzYTYzYzIzY2I1MjIxN2M5MWYzY2EwMTc2ODM=",
    ],
  ];
  for (const [payload, line] of cases) {
    test(`the digest of ${JSON.stringify(payload)} signs to the known bytes and opens again`, async () => {
      const digest = blake2b256Hex(payload);
      const signed = await signMessage(secretKey, Buffer.from(digest));
      expect(encodeBase64(signed)).toBe(line);
      expect(text(await openSignedMessage(publicKey, signed))).toBe(digest);
      expect(encodeBase64(await signMessage(secretKey, Buffer.from(digest.toUpperCase())))).not.toBe(line);
    });
  }

  test("changed, cut and foreign signatures are refused", async () => {
    const signed = await signMessage(secretKey, Buffer.from("message"));
    for (const position of [0, 40, 63, 64, 70]) {
      const changed = Uint8Array.from(signed);
      changed[position]! ^= 1;
      await expect(openSignedMessage(publicKey, changed)).rejects.toMatchObject(INVALID);
    }
    for (const length of [0, 63])
      await expect(openSignedMessage(publicKey, signed.subarray(0, length))).rejects.toMatchObject(INVALID);
    const notAPoint = makeKey("origin-public", id, new Uint8Array(32).fill(0xff));
    await expect(openSignedMessage(notAPoint, signed)).rejects.toMatchObject(INVALID);
  });

  test("a secret key with somebody else's public half does not sign", async () => {
    const mixed = Uint8Array.from(secretKey.bytes.reveal());
    mixed[40]! ^= 1;
    await expect(signMessage(makeKey("origin-secret", id, mixed), mixed)).rejects.toMatchObject({
      code: cryptoErrors.mismatchedPair.code,
    });
  });
});

describe("secretbox", () => {
  const key = bytes("RCFaO84j41GmrzWddxMdsXpGdn3iuIy7Mw3xYrjPLsE=");
  const sealed = {
    nonce: bytes("r93tuERwKFALrdeagSeSCjOPlkeSYUZM"),
    ciphertext: bytes("oWp8B5AuCR1asM80PQPRKZAgSPWfj8AkBevxYucV"),
  };

  test("known ciphertexts open and are made again", async () => {
    const { secretboxOpen, secretboxSeal } = await loadBoxes();
    expect(text(secretboxOpen(key, sealed))).toBe("This is a test");
    const nonce = Uint8Array.from({ length: 24 }, (_, i) => i);
    expect(encodeBase64(secretboxSeal(key, Buffer.from("hello ring"), nonce).ciphertext)).toBe(
      "gLDtwWBuqiW91o0rFVoFxeimYAwCSYqJw70=",
    );
  });

  test("an empty message survives, nonces differ from seal to seal", async () => {
    const { secretboxOpen, secretboxSeal } = await loadBoxes();
    const [one, two] = [secretboxSeal(key, new Uint8Array()), secretboxSeal(key, new Uint8Array())];
    expect(secretboxOpen(key, one)).toEqual(new Uint8Array());
    expect(one.nonce).not.toEqual(two.nonce);
  });

  test("wrong nonce length, short and changed ciphertexts are refused", async () => {
    const { secretboxOpen } = await loadBoxes();
    const changed = Uint8Array.from(sealed.ciphertext);
    changed[20]! ^= 1;
    expect(refused("malformedBox", () => secretboxOpen(key, { ...sealed, nonce: new Uint8Array(11) }))).toBe(
      true,
    );
    for (const ciphertext of [changed, new Uint8Array(), sealed.ciphertext.subarray(0, 15)])
      expect(refused("undecryptable", () => secretboxOpen(key, { ...sealed, ciphertext }))).toBe(true);
  });
});

describe("box", () => {
  const service = {
    secret: bytes("mP7GwFX7LmaroUp+8f+1PBqcT4M/U6UDITzzBq5t/D0="),
    public: bytes("zF8W0pNrxBaQzZu6r/iQUTBMFhj8M9wqZwpIB/ZUJiQ="),
  };
  const user = {
    secret: bytes("zOHZ45DTUm4mIvU9g+OsIW/CFqjMtJvjtUx+5HtJ2Rc="),
    public: bytes("jJZxtCxhf92SLWWvMgO8WgN/W0uATXxtzOyaK6Eo4Rg="),
  };
  const cases: [nonce: string, ciphertext: string, message: string][] = [
    [
      "E6kRUTjQayKDykfgTM9WvJLFmOk2M/CR",
      "FivenLwuZnrKaOxNHro+StLXRKmK+acDSXE+qgGKqPHpDH6H",
      "HOT, HOT, HAAAAAWWT!",
    ],
    [
      "B7e4QAO4aKZFNbiBQAOm+8kZhqVDtOwo",
      "+faMzEwgX1EDcjl9ab4MVBR8klaQnLegxSmGygWOHU+Y8PUz",
      "HOT, HOT, HAAAAAWWT!",
    ],
    ["AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", "wGFQNkLtxzCnZfb8S3RCuPXj/JzJNTQ/og==", "port = 1\n"],
  ];
  for (const [nonce, ciphertext, message] of cases) {
    test(`from user to service with nonce ${nonce}`, async () => {
      const { boxOpen, boxSeal } = await loadBoxes();
      const sealed = { nonce: bytes(nonce), ciphertext: bytes(ciphertext) };
      expect(text(boxOpen(user.public, service.secret, sealed))).toBe(message);
      expect(boxSeal(user.secret, service.public, Buffer.from(message), sealed.nonce)).toEqual(sealed);
    });
  }

  test("public keys follow from secret ones", () => {
    expect(boxPublicKey(service.secret)).toEqual(service.public);
    expect(boxPublicKey(user.secret)).toEqual(user.public);
  });

  test("a public key of small order is refused, not used", async () => {
    const { boxOpen } = await loadBoxes();
    const sealed = { nonce: new Uint8Array(24), ciphertext: new Uint8Array(32) };
    expect(refused("undecryptable", () => boxOpen(new Uint8Array(32), service.secret, sealed))).toBe(true);
  });
});

describe("sealed box", () => {
  const secret = bytes("KOdIzCCQ7QizpyHDm2FonhwIP671t89bMT4lHj943Yc=");
  const publicKey = bytes("pb05JP8XhhfvPvpYqAQgIXVNzqrSixyX2I10FhzaS1s=");
  const cases: [sealed: string, message: string][] = [
    [
      "yCye2Rg/LtNwrNzVapYj8rrkbZpTnI3ld7oFTwGzGnsEhsxtebyW2CQDwB1IeZ2eDkNxqAQnD8AaQjK6M42fFCmadBNSMsp+AMFqnH2c",
      "Negative, I am a meat popsicle",
    ],
    [
      "DHcXh6dIhfpOg2jtwHFhNzDl19FsHnmERjlKucsAWiG9yTnu7DORBE/nxTrhzoU0ZxPkjNn2VL4xCDlb4EPEUJM=",
      "GIMME THE CASH!!!",
    ],
  ];
  for (const [sealed, message] of cases) {
    test(`opens to ${message}`, async () => {
      const { anonymousOpen } = await loadBoxes();
      expect(text(anonymousOpen(secret, bytes(sealed)))).toBe(message);
    });
  }

  test("seals so that only the recipient opens", async () => {
    const { anonymousOpen, anonymousSeal } = await loadBoxes();
    const sealed = anonymousSeal(publicKey, Buffer.from("for you"));
    expect(text(anonymousOpen(secret, sealed))).toBe("for you");
    expect(refused("undecryptable", () => anonymousOpen(new Uint8Array(32).fill(7), sealed))).toBe(true);
    expect(refused("undecryptable", () => anonymousOpen(secret, sealed.subarray(0, 47)))).toBe(true);
  });
});

describe("at rest", () => {
  const id = parseNamedRevision("bldr-20200825205529");
  const key = makeKey("builder-secret", id, bytes("M9u8wuJmZMsmVG4tNgngYJDapjIJE1RnxJAFVN97Bxs="));

  test("what the original's Builder stored opens", async () => {
    expect(encodeBase64(boxPublicKey(key.bytes.reveal()))).toBe(
      "wxmJHyaAir3o6y8MfYI7u9SE/+j1Le1+lI20uLySWkM=",
    );
    const stored = [
      "BOX-1",
      "bldr-20200825205529",
      "bldr-20200825205529",
      "ilnFU7aVNfkq6PrNXzXh3l1FTQftMzoM",
      "r6B4EAUIRO2tf169nPMeDPxVzZ7tslS/Oiv2ZQCcFBRyotwv5rh0NjN6KR5pCFOPWAmp62tSQQz6FIiKqHC2bBlk3A4MLugX",
    ].join("\n");
    expect(text(await decryptAtRest(key, stored))).toBe(
      "Fear is the little-death that brings total obliteration.",
    );
  });
});
