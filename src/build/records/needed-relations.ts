// Which relations between dependencies a bill of materials has to name: those that do not follow from others (the transitive
// reduction; Aho, Garey and Ullman 1972). Nearly everything needs glibc, so the closure of a package has many times as many
// relations as packages, and what they add to a bill is nothing but its size. Every dependency's own bill has all of its own.

/**
 * Of what each name needs directly, what it does not need by way of another: whatever can be reached from a name can still be.
 * The order stays. Where names need each other in a circle, all relations of that circle are kept.
 */
export function neededRelations(
  needs: ReadonlyMap<string, readonly string[]>,
): Map<string, readonly string[]> {
  const places = dependenciesFirst(needs);
  const words = Math.ceil(places.size / 32);
  /** What each can reach, as bits of places. */
  const reached = new Map<string, Uint32Array>();
  const reduced = new Map<string, readonly string[]>();
  for (const name of places.keys()) {
    const own = needs.get(name) ?? [];
    const place = places.get(name) ?? 0;
    const before = own.filter((each) => (places.get(each) ?? 0) < place);
    // Who stands last needs most.
    const all = new Uint32Array(words);
    const kept = new Set(own.filter((each) => !before.includes(each) && each !== name));
    for (const each of before.sort((a, b) => (places.get(b) ?? 0) - (places.get(a) ?? 0))) {
      const at = places.get(each) ?? 0;
      if (!has(all, at)) kept.add(each);
      add(all, at, reached.get(each));
    }
    reached.set(name, all);
    reduced.set(
      name,
      [...new Set(own)].filter((each) => kept.has(each)),
    );
  }
  return reduced;
}

/** Names with their places in an order in which each stands after what it needs, as far as no circle forbids it. */
function dependenciesFirst(needs: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const places = new Map<string, number>();
  const begun = new Set<string>();
  for (const first of needs.keys()) {
    // A stack of its own: a chain may be longer than ours.
    const stack: { readonly name: string; next: number }[] = [];
    const enter = (name: string) => {
      if (begun.has(name) || !needs.has(name)) return;
      begun.add(name);
      stack.push({ name, next: 0 });
    };
    enter(first);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const need = needs.get(top.name)?.[top.next++];
      if (need !== undefined) enter(need);
      else {
        places.set(top.name, places.size);
        stack.pop();
      }
    }
  }
  return places;
}

function has(bits: Uint32Array, place: number): boolean {
  return ((bits[place >> 5] ?? 0) & (1 << (place & 31))) !== 0;
}

/** A place, and what can be reached from it. */
function add(bits: Uint32Array, place: number, more: Uint32Array | undefined): void {
  bits[place >> 5] = (bits[place >> 5] ?? 0) | (1 << (place & 31));
  if (more !== undefined)
    for (let word = 0; word < bits.length; word++) bits[word] = (bits[word] ?? 0) | (more[word] ?? 0);
}
