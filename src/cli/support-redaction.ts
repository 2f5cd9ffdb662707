// What of the Supervisor's files may go to a stranger. Rather too little than too much: a bundle leaves the machine.
import { isSecretName, KEY_TEXTS, MASK, maskText } from "../crypto/index.ts";
import { formatToml, isTable, parseToml, type TomlTable, type TomlValue } from "../toml/index.ts";

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

const HOLDS_KEY = "holds the text of a secret key";
const HOLDS_SECRET = "holds the secret of the control gateway";

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
    if (isSecretName(key)) {
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
