// For tests: .deb files made by hand, also such as dpkg-deb would never make.
import { gzipSync, zstdCompressSync } from "node:zlib";
import { encodeXz } from "../../../package/index.ts";

export interface FakeFile {
  readonly path: string;
  readonly content?: string | Uint8Array;
  /** Type byte of tar: "0" file (default), "1" hard link, "2" symlink, "3" character device, "5" directory. */
  readonly type?: string;
  readonly link?: string;
  readonly mode?: number;
}

export interface FakeDeb {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  /** Further fields of the control file: Depends, Provides, Source. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly files?: readonly FakeFile[];
  readonly compression?: "gz" | "xz" | "zst" | "none";
}

/** The control paragraph, which the index repeats. */
export function controlText({ name, version, architecture = "amd64", fields = {} }: FakeDeb): string {
  const all = { Package: name, Version: version, Architecture: architecture, ...fields };
  return Object.entries(all)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join("");
}

/** The bytes of a .deb. */
export async function makeDeb(deb: FakeDeb): Promise<Buffer> {
  const compression = deb.compression ?? "gz";
  const ending = compression === "none" ? "" : `.${compression}`;
  const control = await compress(tar([{ path: "./control", content: controlText(deb) }]), compression);
  const data = await compress(tar(deb.files ?? []), compression);
  return ar([
    ["debian-binary", Buffer.from("2.0\n")],
    [`control.tar${ending}`, control],
    [`data.tar${ending}`, data],
  ]);
}

/** An ar archive. */
export function ar(members: readonly (readonly [string, Buffer])[]): Buffer {
  const parts = members.flatMap(([name, bytes]) => [
    Buffer.from(
      `${name.padEnd(16)}${"0".padEnd(12)}0     0     100644  ${String(bytes.length).padEnd(10)}\`\n`,
    ),
    bytes,
    Buffer.alloc(bytes.length % 2, "\n"),
  ]);
  return Buffer.concat([Buffer.from("!<arch>\n"), ...parts]);
}

/** A tar archive of exactly these members. */
export function tar(files: readonly FakeFile[]): Buffer {
  const parts = files.flatMap(({ path, content = "", type = "0", link = "", mode = 0o644 }) => {
    const bytes = type === "0" ? Buffer.from(content as string) : Buffer.alloc(0);
    const header = Buffer.alloc(512);
    header.write(path, 0, 100);
    header.write(`${mode.toString(8).padStart(7, "0")}\0`, 100);
    header.write("0000000\0".repeat(2), 108);
    header.write(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("00000000000\0", 136);
    header.write("        ", 148);
    header.write(type, 156);
    header.write(link, 157, 100);
    header.write("ustar\x0000", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

async function compress(bytes: Buffer, compression: NonNullable<FakeDeb["compression"]>): Promise<Buffer> {
  switch (compression) {
    case "gz":
      return gzipSync(bytes);
    case "zst":
      return zstdCompressSync(bytes);
    case "xz":
      return await xz(bytes);
    case "none":
      return bytes;
  }
}

/** What `xz` makes of nothing. */
const NOTHING_AS_XZ = "fd377a585a000004e6d6b446000000001cdf44211fb6f37d010000000004595a";

/** Compressed with xz. */
export async function xz(bytes: Uint8Array): Promise<Buffer> {
  if (bytes.length === 0) return Buffer.from(NOTHING_AS_XZ, "hex");
  const pieces: Buffer[] = [];
  for await (const piece of encodeXz([bytes], 1)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}
