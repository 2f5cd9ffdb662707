// Tar archives, unpacked for real beside a tree that must not change.
import { Buffer } from "node:buffer";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseFullIdent } from "../../../src/package/ident.ts";
import { removeTree } from "../../../src/package/staging.ts";
import { TarReader } from "../../../src/package/tar/reader.ts";
import { Unpacker } from "../../../src/package/unpack.ts";
import { checkAnnounced } from "../announced.ts";
import { Breach, type FuzzTarget } from "../harness.ts";
import { mutate } from "../mutate.ts";
import type { Random } from "../random.ts";
import { hostileTar, member, pax, RELEASE, resealed } from "../tar-maker.ts";

/** Memory where there is some: no disk is worn. */
const TEMPORARY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

export type Unpack = (archive: Uint8Array, directory: string) => void;

/** The real one. */
export function unpack(archive: Uint8Array, directory: string): void {
  const unpacker = new Unpacker(directory, parseFullIdent("o/n/1/2"));
  const reader = new TarReader(unpacker);
  try {
    for (let at = 0; at < archive.length; at += 4000) reader.push(archive.subarray(at, at + 4000));
    reader.finish();
    unpacker.finish();
  } finally {
    unpacker.abandon();
  }
}

/** A target that unpacks each input into a fresh directory with a canary beside it. */
export function tarTarget(unpacked: Unpack = unpack): FuzzTarget {
  return {
    name: "tar",
    seeds: [
      Buffer.concat([member({ path: `${RELEASE}/a`, data: "x" }), Buffer.alloc(1024)]),
      Buffer.concat([pax({ path: `${RELEASE}/x\0y` }), member({ path: "a" })]),
      Buffer.concat([pax({ mtime: "-Infinity" }), member({ path: `${RELEASE}/a` })]),
    ],
    generate: (random: Random, seeds) => {
      if (random.once(3)) return resealed(mutate(random, random.pick(seeds)));
      const tar = hostileTar(random);
      return random.once(4) ? mutate(random, tar) : tar;
    },
    run(input) {
      const place = mkdtempSync(join(TEMPORARY, "hab-fuzz-"));
      try {
        const canary = join(place, "canary");
        const target = join(place, "target");
        mkdirSync(canary);
        mkdirSync(target);
        writeFileSync(join(canary, "file"), "untouched");
        const before = picture(place, "target");
        let failure: unknown;
        try {
          unpacked(input, target);
        } catch (error) {
          failure = error;
        }
        if (picture(place, "target") !== before) throw new Breach("something outside the target has changed");
        checkKinds(target);
        checkAnnounced(input, target);
        if (failure !== undefined) throw failure;
      } finally {
        removeTree(place);
      }
    },
  };
}

/** Everything below a directory as a text: names, kinds, modes, link counts, contents. */
function picture(directory: string, except: string): string {
  const lines: string[] = [];
  const look = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      if (path === directory && name === except) continue;
      const full = join(path, name);
      const { mode, nlink, ino } = lstatSync(full);
      const isFile = (mode & 0o170000) === 0o100000;
      const isLink = (mode & 0o170000) === 0o120000;
      const content = isFile ? readFileSync(full, "hex") : isLink ? readlinkSync(full) : "";
      lines.push(JSON.stringify([full, mode, nlink, ino, content]));
      if ((mode & 0o170000) === 0o040000) look(full);
    }
  };
  look(directory);
  return lines.join("\n");
}

/** Only files, directories and symlinks may come out, and a file has no links but those in here. */
function checkKinds(target: string): void {
  const links = new Map<number, { found: number; stated: number }>();
  const look = (path: Buffer): void => {
    for (const name of readdirSync(path, { encoding: "buffer" })) {
      const full = Buffer.concat([path, Buffer.from("/"), name]);
      const stat = lstatSync(full);
      if (stat.isDirectory()) look(full);
      else if (stat.isFile())
        links.set(stat.ino, { found: (links.get(stat.ino)?.found ?? 0) + 1, stated: stat.nlink });
      else if (!stat.isSymbolicLink()) throw new Breach(`${full} is neither file, directory nor symlink`);
    }
  };
  look(Buffer.from(target));
  for (const { found, stated } of links.values())
    if (found !== stated) throw new Breach("a file is linked to from outside the target");
}
