// What two channels, or two states of one, do not have in common. Pure.
import { parseFullIdent } from "../../package/index.ts";
import type { PackageRef } from "../store/channel-changes.ts";
import { versionOrder } from "../version-order.ts";

export interface NewerPair {
  readonly name: string;
  readonly target: string;
  readonly here: string;
  readonly there: string;
}

export interface Difference {
  /** Releases, each once, in order. */
  readonly onlyHere: readonly string[];
  readonly onlyThere: readonly string[];
  /** Packages whose newest release is another here and there. */
  readonly newerHere: readonly NewerPair[];
  readonly newerThere: readonly NewerPair[];
  /** Releases that both have. */
  readonly same: number;
}

export function compareStates(
  here: ReadonlyMap<string, PackageRef>,
  there: ReadonlyMap<string, PackageRef>,
): Difference {
  const onlyHere = [...here.values()].filter(({ id }) => !there.has(id));
  const onlyThere = [...there.values()].filter(({ id }) => !here.has(id));
  const [newestHere, newestThere] = [newestOfEach(here), newestOfEach(there)];
  const newerHere: NewerPair[] = [];
  const newerThere: NewerPair[] = [];
  for (const [key, one] of newestHere) {
    const other = newestThere.get(key);
    if (other === undefined || other.ident === one.ident) continue;
    const pair = { name: nameOf(one), target: one.target, here: one.ident, there: other.ident };
    if (isNewer(one.ident, other.ident)) newerHere.push(pair);
    else newerThere.push(pair);
  }
  return {
    onlyHere: identsOf(onlyHere),
    onlyThere: identsOf(onlyThere),
    newerHere: newerHere.sort(byName),
    newerThere: newerThere.sort(byName),
    same: here.size - onlyHere.length,
  };
}

function newestOfEach(state: ReadonlyMap<string, PackageRef>): Map<string, PackageRef> {
  const newest = new Map<string, PackageRef>();
  for (const each of state.values()) {
    const key = `${nameOf(each)} ${each.target}`;
    const known = newest.get(key);
    if (known === undefined || isNewer(each.ident, known.ident)) newest.set(key, each);
  }
  return newest;
}

function nameOf({ ident }: PackageRef): string {
  return ident.split("/")[1] ?? "";
}

/** As the depot decides what is the latest of a package (reference/depot-api.md §4.5). */
function isNewer(one: string, other: string): boolean {
  const [left, right] = [orderOf(one), orderOf(other)];
  for (let index = 0; index < left.length; index++) {
    const [mine, its] = [left[index] as string | number, right[index] as string | number];
    if (mine !== its) return mine > its;
  }
  return false;
}

function orderOf(ident: string): readonly (string | number)[] {
  const { version, release } = parseFullIdent(ident);
  const order = versionOrder(version);
  return [order.version_numbers, order.version_plain, order.version_suffix, release];
}

function identsOf(packages: readonly PackageRef[]): string[] {
  return [...new Set(packages.map(({ ident }) => ident))].sort();
}

function byName(one: NewerPair, other: NewerPair): number {
  return `${one.name} ${one.target}` < `${other.name} ${other.target}` ? -1 : 1;
}
