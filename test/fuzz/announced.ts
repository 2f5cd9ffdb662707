// What an archive announces for each place in a release, read without the code that unpacks: names, contents, link targets.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { TarEntry } from "../../src/package/tar/format.ts";
import { TarReader } from "../../src/package/tar/reader.ts";
import { Breach } from "./harness.ts";
import { RELEASE } from "./tar-maker.ts";

/** Everything that may be at a place: an archive can name it more than once. Texts are byte strings. */
interface Announced {
  readonly contents: Set<string>;
  readonly targets: Set<string>;
  isDirectory: boolean;
}

/** Throws Breach when there is something in `directory` that the archive does not announce for that place. */
export function checkAnnounced(archive: Uint8Array, directory: string): void {
  const announced = readAnnounced(archive);
  const look = (path: Buffer, name: string): void => {
    for (const each of readdirSync(path, { encoding: "buffer" })) {
      const full = Buffer.concat([path, Buffer.from("/"), each]);
      const place = name === "" ? each.toString("latin1") : `${name}/${each.toString("latin1")}`;
      const stat = lstatSync(full);
      const expected = announced.get(place);
      const isRight = stat.isDirectory()
        ? expected?.isDirectory
        : stat.isSymbolicLink()
          ? expected?.targets.has(readlinkSync(full, "latin1"))
          : expected?.contents.has(readFileSync(full, "latin1"));
      if (isRight !== true) throw new Breach(`${JSON.stringify(place)} is not what the archive announces`);
      if (stat.isDirectory()) look(full, place);
    }
  };
  look(Buffer.from(directory), "");
}

function readAnnounced(archive: Uint8Array): Map<string, Announced> {
  const places = new Map<string, Announced>();
  const at = (place: string): Announced => {
    const found = places.get(place) ?? { contents: new Set(), targets: new Set(), isDirectory: false };
    places.set(place, found);
    return found;
  };
  let content: { readonly place: string; text: string } | undefined;
  const endOfContent = () => {
    if (content !== undefined) at(content.place).contents.add(content.text);
    content = undefined;
  };
  const reader = new TarReader({
    begin(entry) {
      const place = placeOf(entry.path);
      if (place === undefined) return;
      for (let slash = place.lastIndexOf("/"); slash > 0; slash = place.lastIndexOf("/", slash - 1))
        at(place.slice(0, slash)).isDirectory = true;
      content = announce(entry, place, at);
    },
    data(piece) {
      if (content !== undefined) content.text += Buffer.from(piece).toString("latin1");
    },
    end: endOfContent,
  });
  try {
    reader.push(archive);
  } catch {
    // What came before the damage counts, the beginning of a content too.
  }
  endOfContent();
  return places;
}

function announce(
  entry: TarEntry,
  place: string,
  at: (place: string) => Announced,
): { readonly place: string; text: string } | undefined {
  if (entry.kind === "file") return { place, text: "" };
  if (entry.kind === "directory") at(place).isDirectory = true;
  else if (entry.kind === "symlink") at(place).targets.add(entry.link);
  else if (entry.kind === "hard link") {
    const source = at(placeOf(entry.link) ?? "");
    for (const text of source.contents) at(place).contents.add(text);
    for (const target of source.targets) at(place).targets.add(target);
  }
  return undefined;
}

/** The place below the release that a name states, if it is one. */
function placeOf(name: string): string | undefined {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  const place = parts.join("/");
  return place.startsWith(`${RELEASE}/`) && !parts.includes("..")
    ? place.slice(RELEASE.length + 1)
    : undefined;
}
