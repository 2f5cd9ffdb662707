// Makes tar archives that no honest program writes: every header field may lie, but the checksum is right, so that the
// lie is looked at.
import type { Random } from "./random.ts";

export interface Member {
  readonly type?: string;
  readonly path: string;
  readonly link?: string;
  readonly mode?: number;
  /** Text of the size field where it is not that of the data. */
  readonly size?: string | Uint8Array;
  readonly mtime?: Uint8Array;
  readonly data?: Uint8Array | string;
  readonly prefix?: string;
}

export const RELEASE = "hab/pkgs/o/n/1/2";

/** The member as bytes; names are byte strings. */
export function member({
  type = "0",
  path,
  link = "",
  mode = 0o644,
  size,
  mtime,
  data = "",
  prefix,
}: Member): Buffer {
  const body = typeof data === "string" ? Buffer.from(data, "latin1") : Buffer.from(data);
  const header = Buffer.alloc(512);
  header.write(path.slice(0, 100), 0, "latin1");
  header.write(octal(mode, 7), 100, "latin1");
  if (size instanceof Uint8Array) header.set(size.subarray(0, 12), 124);
  else header.write(size ?? octal(body.length, 11), 124, 12, "latin1");
  if (mtime === undefined) header.write(octal(1, 11), 136, "latin1");
  else header.set(mtime.subarray(0, 12), 136);
  header.write(type.slice(0, 1), 156, "latin1");
  header.write(link.slice(0, 100), 157, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  if (prefix !== undefined) header.write(prefix.slice(0, 155), 345, "latin1");
  seal(header);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

/** The archive with the checksums of its headers made right again, so that a change in one is looked at. */
export function resealed(archive: Uint8Array): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(archive);
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    const header = bytes.subarray(at, at + 512);
    if (header.subarray(257, 262).toString("latin1") === "ustar") seal(header);
  }
  return bytes;
}

function seal(header: Buffer): void {
  header.fill(" ", 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, 148, "latin1");
}

/** A pax header with these records; their lengths are right. */
export function pax(records: Readonly<Record<string, string>>, type = "x"): Buffer {
  const data = Object.entries(records)
    .map(([key, value]) => paxRecord(key, value))
    .join("");
  return member({ type, path: "pax", data });
}

function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

const PARTS = [
  "..",
  ".",
  "",
  "a",
  "b",
  "A",
  "dir",
  "link",
  "etc",
  "\xff\xfe",
  "x\0y",
  "n".repeat(120),
  "bin",
];
const TYPES = ["0", "0", "0", "1", "2", "2", "5", "5", "3", "4", "6", "7", "S", "V", "M", "D", "\0", "~"];
const LINKS = [
  "..",
  "../../../../../canary",
  "/",
  "/etc/passwd",
  "a",
  "dir",
  "link",
  "",
  "../canary/file",
  "a\0b",
];
const SIZES = [
  "77777777777",
  "-1",
  "99999",
  "",
  "1e3",
  "00000000001",
  "\xff".repeat(12),
  `\x80${"\0".repeat(10)}\x01`,
];

/** A few members that try to get out, and mostly lie below the release. */
export function hostileTar(random: Random): Buffer {
  const pieces: Buffer[] = [];
  for (let left = 1 + random.below(10); left > 0; left--) {
    const path = somePath(random);
    const link = random.once(3) ? random.pick(LINKS) : somePath(random);
    if (random.once(6))
      pieces.push(member({ type: "L", path: "././@LongLink", data: `${somePath(random)}\0` }));
    if (random.once(8)) pieces.push(member({ type: "K", path: "././@LongLink", data: `${link}\0` }));
    if (random.once(4)) pieces.push(somePax(random));
    pieces.push(
      member({
        type: random.pick(TYPES),
        path,
        link,
        mode: random.pick([0, 0o644, 0o755, 0o4755, 0o7777, 0o1777]),
        data: random.bytes(random.below(700)),
        ...(random.once(12) && { size: Buffer.from(random.pick(SIZES), "latin1") }),
        ...(random.once(8) && {
          mtime: Buffer.from([random.pick([0x80, 0xff, 0xc0, 0x30]), ...random.bytes(11)]),
        }),
        ...(random.once(10) && { prefix: random.pick(["/", "..", RELEASE, "hab/pkgs"]) }),
      }),
    );
  }
  if (!random.once(4)) pieces.push(Buffer.alloc(1024));
  return Buffer.concat(pieces);
}

function somePath(random: Random): string {
  const parts = Array.from({ length: 1 + random.below(random.once(60) ? 3000 : 4) }, () =>
    random.pick(PARTS),
  );
  const inner = random.once(2) ? random.pick(["a", "dir", "dir/a", "link/a", "link"]) : parts.join("/");
  return random.once(6) ? inner : `${RELEASE}/${inner}`;
}

function somePax(random: Random): Buffer {
  const key = random.pick([
    "path",
    "linkpath",
    "size",
    "mtime",
    "GNU.sparse.major",
    "GNU.sparse.name",
    "GNU.sparse.map",
    "SCHILY.xattr.x",
  ]);
  const value =
    key === "path"
      ? somePath(random)
      : key === "linkpath"
        ? random.pick(LINKS)
        : random.pick([
            "1",
            "0",
            "-1",
            "99999999999999999999",
            "-Infinity",
            "1e308",
            "-1e308",
            "NaN",
            "0x10",
            "\0",
          ]);
  return pax({ [key]: value }, random.once(5) ? "g" : "x");
}
