// What of the Supervisor's files may go to a stranger. Rather too little than too much: a bundle leaves the machine.
import { formatToml, isTable, parseToml, type TomlTable, type TomlValue } from "../toml/index.ts";

/** Stands where a secret was. */
export const MASK = "[left out]";

/** A file as it goes into the bundle (`masked` says what was replaced in it), or why it does not. */
export type Redacted =
  | { readonly content: Uint8Array; readonly masked: string | undefined }
  | { readonly reason: string };

const SECRET_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^\.?CTL_SECRET/i, "the secret of the control gateway"],
  [/\.(key|p12|pfx|jks)([.~].*)?$/i, "a key, by its name"],
  [/\.(rst|dat)([.~].*)?$/i, "state of the ring, which holds the configuration and files of services"],
  [
    /^(\.netrc|\.pgpass|\.htpasswd|\.git-credentials|\.env|id_(rsa|dsa|ecdsa|ed25519))([.~].*)?$/i,
    "passwords or keys, by its name",
  ],
  [/^support-bundle-.*\.tar\.gz$/, "a support bundle"],
  [/^\.tmp[0-9a-f]{12}$/, "a file that is being written"],
];

const KEY_BEGINNINGS = ["SIG-SEC-1", "SYM-SEC-1", "BOX-SEC-1", "AGE-SECRET-KEY-1", "PuTTY-User-Key-File"];
const PEM_HEADERS = ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "].map(
  (kind) => `-----BEGIN ${kind}PRIVATE KEY`,
);

/**
 * Texts that only files with secret keys have (reference/packages.md, key files; PEM; age; PuTTY), also as base64 of the whole
 * file, as settings carry it.
 */
export const KEY_TEXTS: readonly string[] = [
  ...KEY_BEGINNINGS,
  "PRIVATE KEY",
  ...[...KEY_BEGINNINGS, ...PEM_HEADERS].map(asBase64),
];

/** The characters that any base64 text has which begins with these bytes. */
function asBase64(text: string): string {
  return Buffer.from(text)
    .subarray(0, Math.floor(text.length / 3) * 3)
    .toString("base64");
}

const HOLDS_KEY = "holds the text of a secret key";
const HOLDS_SECRET = "holds the secret of the control gateway";

const SECRET_WORDS =
  "token|secret|passw|passphrase|pass(?![a-z])|(?<=[a-z_-])pwd(?![a-z])|credential|cookie|signature|" +
  "(?:ring|private|api|access|signing|encryption|session|shared|master|ssh)[_-]?key";
const SECRET_KEY = new RegExp(SECRET_WORDS, "i");

/** A secret word with what belongs to the name around it. */
const NAME = `(?:${SECRET_WORDS})[\\w.-]{0,60}\\\\?["']?`;

// All repetitions that could compete are bounded, so that a hostile log cannot make them slow.
const IN_TEXT: readonly (readonly [RegExp, string])[] = [
  // A name and below it, further to the right, its value: YAML, JSON on several lines.
  [
    new RegExp(
      `^([ \\t]{0,64})([^\\r\\n]{0,200}?${NAME}[ \\t]{0,8}:[ \\t]{0,8})(?:[|>\\[{][^\\r\\n]{0,200})?` +
        "(?:\\r?\\n\\1[ \\t][^\\r\\n]*)+",
      "gim",
    ),
    `$1$2"${MASK}"`,
  ],
  // A header to the end of its line.
  [/((?:\bauthorization|\bcookie)["']?[ \t]{0,8}:[ \t]{0,8})[^\r\n]+/gi, `$1"${MASK}"`],
  // A name and its value.
  [
    new RegExp(
      `(${NAME}[ \\t]{0,8}[:=][ \\t]{0,8})` +
        `("(?:[^"\\\\\\r\\n]|\\\\.){0,4096}"|'[^'\\r\\n]{0,4096}'|\\\\?["'\\[{|>][^\\r\\n]*|[^\\s,;}\\]]+)`,
      "gi",
    ),
    `$1"${MASK}"`,
  ],
  [
    new RegExp(`(<[\\w:.-]{0,60}(?:${SECRET_WORDS})[\\w:.-]{0,60}(?:\\s[^>]{0,200})?>)[^<]{1,4096}`, "gi"),
    `$1${MASK}`,
  ],
  // Options, as a log shows a command line.
  [new RegExp(`(--[\\w-]{0,40}(?:${SECRET_WORDS}|auth)[\\w-]{0,40}[ =])[^\\s]+`, "gi"), `$1${MASK}`],
  [/(\bhab\b[^\r\n]{0,120}?\s-z[ =]?)[^\s]+/g, `$1${MASK}`],
  [/(\s(?:-u|--user)[ =])[^\s:]{1,256}:[^\s]+/g, `$1${MASK}`],
  [/(\blogin\s{1,8}[^\s]{1,256}\s{1,8}password\s{1,8})[^\s]+/gi, `$1${MASK}`],
  [/(\b(?:Bearer|Basic|Token)[ \t]{1,8})(?=[^\s"',;]{8})[^\s"',;]+/gi, `$1${MASK}`],
  // Addresses: who is before the last @ of the host, and signed ones.
  [/(:\/\/)[^\s/"']{1,1024}@/g, `$1${MASK}@`],
  [/([?&]sig=)[^\s&"']+/gi, `$1${MASK}`],
  // Tokens by their form: of depots, JSON Web Tokens, of services that are often around.
  [/(?<![\w+/=-])_[\w+/=-]{40,}/g, MASK],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, MASK],
  [/\b(?:gh[pousr]_|github_pat_|glpat-|npm_|xox[abeoprs]-|AKIA)[\w-]{12,}/g, MASK],
  // 32 or 64 bytes in base64: the line of a key file, a control gateway's secret.
  [/(?<![\w+/=-])(?:[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)(?![\w+/=])/g, MASK],
];

/** Why a file is left out for its name alone, or undefined. */
export function secretByName(name: string): string | undefined {
  return SECRET_NAMES.find(([pattern]) => pattern.test(name))?.[1];
}

/** Whether a file is read as TOML: by its name, copies such as `sup.toml.bak` included. */
export function isTomlName(name: string): boolean {
  return /\.(toml|spec)([.~].*)?$/i.test(name);
}

/**
 * The content of a file without its secrets. TOML is written anew, which drops comments; in other texts what follows a
 * telling word is replaced. `ctlSecret`: the machine's own, looked for everywhere.
 */
export function redact(name: string, bytes: Uint8Array, ctlSecret: string | undefined): Redacted {
  const redacted = isTomlName(name) ? redactToml(name, bytes) : redactText(bytes);
  if ("reason" in redacted) return redacted;
  const content = Buffer.from(redacted.content.buffer, redacted.content.byteOffset, redacted.content.length);
  if (KEY_TEXTS.some((text) => content.includes(text))) return { reason: HOLDS_KEY };
  if (ctlSecret !== undefined && content.includes(ctlSecret)) return { reason: HOLDS_SECRET };
  return redacted;
}

function redactToml(name: string, bytes: Uint8Array): Redacted {
  let table: TomlTable;
  try {
    table = parseToml(bytes, { source: name });
  } catch {
    return { reason: "not valid TOML, so its secrets cannot be told from the rest" };
  }
  const masked = new Set<string>();
  const text = formatToml(maskTable(table, masked));
  const names = masked.size === 0 ? undefined : `values of ${[...masked].join(", ")}`;
  return { content: Buffer.from(text), masked: names };
}

function maskTable(table: TomlTable, masked: Set<string>): TomlTable {
  const result: TomlTable = new Map();
  for (const [key, value] of table) {
    if (SECRET_KEY.test(key)) {
      masked.add(key);
      result.set(key, MASK);
    } else result.set(key, maskValue(key, value, masked));
  }
  return result;
}

function maskValue(key: string, value: TomlValue, masked: Set<string>): TomlValue {
  if (isTable(value)) return maskTable(value, masked);
  if (Array.isArray(value)) return value.map((each) => maskValue(key, each, masked));
  if (typeof value !== "string") return value;
  const text = maskText(value);
  if (text !== value || KEY_TEXTS.some((each) => value.includes(each))) {
    masked.add(key);
    return text === value ? MASK : text;
  }
  return value;
}

function redactText(bytes: Uint8Array): Redacted {
  const before = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (KEY_TEXTS.some((text) => before.includes(text))) return { reason: HOLDS_KEY };
  const text = before.toString("latin1");
  const after = maskText(text);
  if (after === text) return { content: bytes, masked: undefined };
  if (before.includes(0)) return { reason: "not a text, and holds what looks like a secret" };
  return { content: Buffer.from(after, "latin1"), masked: "what looks like secrets in its text" };
}

function maskText(text: string): string {
  return IN_TEXT.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
