// Secrets in what is shown to people and strangers, found by the names that tell of them and by their form. Rather too much is
// masked than too little.

/** Stands where a secret was. */
export const MASK = "[left out]";

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

const SECRET_WORDS =
  "token|secret|passw|passphrase|pass(?![a-z])|(?<=[a-z_-])pwd(?![a-z])|credential|cookie|signature|" +
  "(?:ring|private|api|access|signing|encryption|session|shared|master|ssh)[_-]?key";
const SECRET_NAME = new RegExp(SECRET_WORDS, "i");

/** Whether a value of this name is a secret, whatever it holds: `db_password`, `requirepass`, `api-key`. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

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

/** A text with what looks like a secret in it replaced by `MASK`. */
export function maskText(text: string): string {
  return IN_TEXT.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
