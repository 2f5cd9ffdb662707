// The harts and keys of the suite: those of the original's suite (reference/depot-api.md §24.3) made anew with the same
// idents, targets, types and dependencies, signed with keys of our own.

import { formatKey, generateOriginKeyPair, Secret } from "../../src/crypto/index.ts";
import { makeHart, type TestHart } from "../../src/depot/testing/harts.ts";

const TESTAPP = "neurosis/testapp";
const WINDOWS = { TARGET: "x86_64-windows\n" };

/** Metafiles by ident, where they are not the usual ones. */
const SPECIAL: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [`${TESTAPP}/0.1.4/20181115124506`]: { ...WINDOWS, SVC_USER: "hab\n" },
  "neurosis/testapp3/0.1.0/20190327162559": {
    DEPS: `${TESTAPP}/0.1.3/20190327162537\n`,
    TDEPS: `${TESTAPP}/0.1.3/20190327162537\n`,
  },
  "neurosis/native-testapp/0.1.0/20220824122359": { PACKAGE_TYPE: "native\n" },
  "neurosis/oddversion7/17.1.0-dev.cloud/20190630103521": {
    DEPS: `${TESTAPP}/0.1.3/20171205003213\n`,
    TDEPS: `${TESTAPP}/0.1.3/20171205003213\n`,
  },
  "neurosis/winapp/0.1.0/20231113160958": WINDOWS,
  "neurosis/winapp/0.1.0/20231116041041": WINDOWS,
};

const made = new Map<string, Promise<TestHart>>();

/** The hart of an ident, made once. */
export function fixture(ident: string): Promise<TestHart> {
  const known = made.get(ident);
  if (known !== undefined) return known;
  // The original's is signed with a key that is never uploaded, which changes nothing.
  const hart = makeHart(ident, SPECIAL[ident], ident.startsWith("xmen/") ? "stranger" : undefined);
  made.set(ident, hart);
  return hart;
}

/** Another hart of the same ident. */
export function fakeFixture(ident: string): Promise<TestHart> {
  return makeHart(ident, { MANIFEST: "# not the same\n" });
}

export const NEUROSIS_REVISION = "20171211220037";

const pairs = new Map<string, ReturnType<typeof generateOriginKeyPair>>();

/** The two key files of an origin and a revision. */
export function keyFiles(origin: string, revision: string): { publicKey: string; secretKey: string } {
  const id = `${origin}-${revision}`;
  const at = revision.replace(/^(....)(..)(..)(..)(..)(..)$/, "$1-$2-$3T$4:$5:$6Z");
  const pair = pairs.get(id) ?? generateOriginKeyPair(origin, new Date(at));
  pairs.set(id, pair);
  const secret = formatKey(pair.secretKey);
  return {
    publicKey: formatKey(pair.publicKey),
    secretKey: secret instanceof Secret ? secret.reveal() : secret,
  };
}

/** Versions of the packages with odd ones, and what is their latest (§24.2). */
export const ODD_VERSIONS: readonly {
  name: string;
  versions: readonly string[];
  order: readonly string[];
}[] = [
  {
    name: "oddversion1",
    versions: ["R16B", "R16B02-5", "R16B03-1", "R9Z-9", "R9B03-1"],
    order: ["R16B03-1", "R16B02-5", "R16B", "R9Z-9", "R9B03-1"],
  },
  {
    name: "oddversion2",
    versions: ["19.209-37", "19.227-15", "19.227-19"],
    order: ["19.227-19", "19.227-15", "19.209-37"],
  },
  { name: "oddversion3", versions: ["7u79", "7u80"], order: ["7u80", "7u79"] },
  { name: "oddversion4", versions: ["1.0.2h", "1.0.2r"], order: ["1.0.2r", "1.0.2h"] },
  { name: "oddversion5", versions: ["0.0~r131", "1.7.3"], order: ["1.7.3", "0.0~r131"] },
  {
    name: "oddversion6",
    versions: ["1.2.3", "1.2.3-beta12", "1.2.3-beta2"],
    order: ["1.2.3", "1.2.3-beta2", "1.2.3-beta12"],
  },
  {
    name: "oddversion7",
    versions: ["17.1.0-dev.cloud", "19.1.0.dev-cloud", "19.1.0."],
    order: ["19.1.0.dev-cloud", "19.1.0.", "17.1.0-dev.cloud"],
  },
  { name: "oddversion8", versions: ["4", "5"], order: ["5", "4"] },
];

/** Releases of odd versions: one for each, a second apart. */
export function oddRelease(index: number): string {
  return `201906301035${21 + index}`;
}
