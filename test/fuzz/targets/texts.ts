// Texts from strangers: keys, boxes, TOML, idents, versions, metafiles, a depot's answers, seed files, control frames.
import { Buffer } from "node:buffer";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSeedToml, seedFileType } from "../../../src/cli/pkg/download-seeds.ts";
import { parseAnonymousBox, parseSignedBox } from "../../../src/crypto/encrypted-text.ts";
import { parseKey } from "../../../src/crypto/key.ts";
import { formatNamedRevision, parseNamedRevision } from "../../../src/crypto/named-revision.ts";
import { FrameDecoder } from "../../../src/ctl/index.ts";
import { type AnswerName, readAnswer } from "../../../src/depot-client/responses.ts";
import { formatIdent, isPathSafe, parseFullIdent, parseIdent } from "../../../src/package/ident.ts";
import * as metafile from "../../../src/package/metafile.ts";
import { parseTarget } from "../../../src/package/target.ts";
import { compareVersions, parseVersion } from "../../../src/package/version.ts";
import { parseToml } from "../../../src/toml/index.ts";
import { Breach, type FuzzTarget } from "../harness.ts";
import { mutate } from "../mutate.ts";

const NUMBERS = ["0", "-1", "1e999", "99999999999999999999", "4294967296"];

function textTarget(
  name: string,
  seeds: readonly string[],
  words: readonly string[],
  run: (text: string, bytes: Uint8Array) => void | Promise<void>,
): FuzzTarget {
  return {
    name,
    seeds: seeds.map((seed) => Buffer.from(seed)),
    generate: (random, all) => mutate(random, random.pick(all), [...words, ...NUMBERS]),
    run: (input) => run(Buffer.from(input).toString(), input),
  };
}

/** Runs every function, also those after one that throws; throws the first that is no answer last. */
function each(...actions: (() => unknown)[]): void {
  let thrown: unknown;
  for (const action of actions)
    try {
      action();
    } catch (error) {
      if (thrown === undefined || (thrown as { kind?: unknown }).kind !== undefined) thrown = error;
    }
  if (thrown !== undefined) throw thrown;
}

const keys = textTarget(
  "keys",
  [
    "SIG-PUB-1\norigin-key-valid-20160509190508\n\n8XwHPr1V2NOhyIpYzupBDfiB8AAcm00V4slll9G71+Q=",
    "SYM-SEC-1\nring-20160504220722\n\nRCFaO84j41GmrzWddxMdsXpGdn3iuIy7Mw3xYrjPLsE=",
    "origin-key-valid-20160509190508",
  ],
  ["SIG-SEC-1", "BOX-PUB-1", "-20160509190508", "../", "\0", "\r\n", "="],
  (text) =>
    each(
      () => parseKey("origin-public", text),
      () => parseKey("origin-secret", text),
      () => parseKey("ring", text),
      () => parseKey("user-secret", text),
      () => {
        const name = formatNamedRevision(parseNamedRevision(text));
        if (name !== text) throw new Breach(`a name reads as another: ${name}`);
      },
    ),
);

const boxes = textTarget(
  "boxes",
  [
    "BOX-1\nsource-20160504220722\ntarget-20160504220722\nAAAA\nBBBB",
    "ANONYMOUS-BOX-1\ntarget-20160504220722\nAAAA",
  ],
  ["BOX-1", "\n", "-20160509190508", "="],
  (_, bytes) =>
    each(
      () => parseSignedBox(bytes),
      () => parseAnonymousBox(bytes),
    ),
);

const toml = textTarget(
  "toml",
  [
    'a = 1\n[b]\nc = "d\\u00e9"\n[[e]]\nf = [1, 2.5, {g = 1979-05-27T07:32:00Z}]\n',
    "h.i = \"\"\"\nx\"\"\"\nj = '''k'''\nl = inf\nm = 0xff\n",
    "[".repeat(5000),
    `a = ${"[".repeat(5000)}`,
    `${"a.".repeat(5000)}b = 1`,
    "__proto__ = 1\nconstructor.prototype = 2\n",
  ],
  ["[", "]]", "{", "}", '"""', "\\U00110000", "=", ".", "#", "\n", "9999-99-99", "nan", "__proto__"],
  (_, bytes) => {
    parseToml(bytes, { source: "input" });
  },
);

const idents = textTarget(
  "idents",
  ["core/redis/1.2.3-beta.4/20200101000000", "core/redis", "1.2.3", "x86_64-linux", "a/b/../c"],
  ["/", "..", "\0", "-", ".", "\u{10ffff}", "9".repeat(400)],
  (text) =>
    each(
      () => parseIdent(text),
      () => {
        const ident = parseFullIdent(text);
        if (formatIdent(ident) !== text) throw new Breach("an ident reads as another");
        if (isPathSafe(ident) && /(^|\/)\.\.?(\/|$)|\0/.test(formatIdent(ident)))
          throw new Breach("an ident that leads elsewhere passes as safe");
      },
      () => parseTarget(text),
      () => parseVersion(text),
      () => compareVersions(text, "1.2.3"),
    ),
);

const metafiles = textTarget(
  "metafiles",
  [
    "core/a/1/2\ncore/b/1/2\n",
    "PATH=/hab/bin\nX=y=z\n",
    "db=port host\n",
    "80 443\n",
    "native",
    "SIGTERM",
    "8",
  ],
  ["=", "\n", " ", "/", "..", "\0", "65536"],
  (text, bytes) =>
    each(
      () => metafile.decodeMetafile(bytes, "input"),
      () => metafile.parseIdentLines(text, "input"),
      () => metafile.parsePairLines(text, "input"),
      () => metafile.parseBindLines(text, "input"),
      () => metafile.parsePackageType(text),
      () => metafile.parseShutdownSignal(text, "input"),
      () => metafile.parseShutdownTimeout(text, "input"),
      () => {
        for (const port of metafile.parsePorts(text, "input"))
          if (!(port >= 0 && port <= 65535)) throw new Breach(`port ${port}`);
      },
    ),
);

const ANSWERS: readonly AnswerName[] = ["package", "origin", "keys", "channels", "packageChannels", "search"];
const answers = textTarget(
  "answers",
  [
    '{"ident":{"origin":"a","name":"b","version":"1","release":"2"},"checksum":"","manifest":"","config":"","deps":[],"tdeps":[],"exposes":[]}',
    '[{"name":"stable"}]',
    '{"range_start":0,"range_end":0,"total_count":1,"data":[{"origin":"a","name":"b"}]}',
    `${"[".repeat(20000)}`,
  ],
  ["{", "}", "[", "null", '"__proto__":', ",", '"'],
  async (text) => {
    let first: unknown;
    for (const name of ANSWERS)
      await readAnswer("ask", new Response(text), name).catch((error: unknown) => {
        if (!(error instanceof Error) || !("kind" in error)) throw error;
        first = error;
      });
    if (first !== undefined) throw first;
  },
);

const seedFiles: FuzzTarget = {
  ...textTarget(
    "seed-files",
    [
      'format_version = 1\n[[x86_64-linux]]\nchannel = "stable"\npackages = ["core/redis"]\n',
      "core/redis\n# x\ncore/a/1\n",
    ],
    ["[[", "channel", "core/x", "#", "\n", "= 1"],
    (_, bytes) => {
      const directory = mkdtempSync(join(tmpdir(), "hab-fuzz-"));
      try {
        writeFileSync(join(directory, "seeds.toml"), bytes);
        writeFileSync(join(directory, "seeds"), bytes);
        each(
          () => readSeedToml(join(directory, "seeds.toml")),
          () => seedFileType(join(directory, "seeds")),
        );
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  ),
  // The grammar of the command line takes plain errors that name the file.
  isAnswer: (error) => error instanceof Error && error.constructor === Error && error.message.startsWith("`"),
};

const frames = textTarget(
  "frames",
  ["\x00\x00\x00\x00", "\x80\x00\x00\x01\x00\x00\x00\x01a"],
  ["\xff\xff\xff\xff"],
  (_, bytes) => {
    const decoder = new FrameDecoder();
    for (let at = 0; at < bytes.length; at += 7) {
      decoder.push(bytes.subarray(at, at + 7));
      while (decoder.next() !== undefined);
    }
  },
);

export const textTargets: readonly FuzzTarget[] = [
  keys,
  boxes,
  toml,
  idents,
  metafiles,
  answers,
  seedFiles,
  frames,
];
