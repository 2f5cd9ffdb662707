// Two elections of one group compared (reference/butterfly.md §13.4): which one stays, and whether they are the same. The
// same everywhere, in whatever order they are heard.
import { merged } from "../election.ts";
import type { Election } from "../rumor.ts";

/** Which of two elections stays; the same everywhere. */
export function chosen(stored: Election, incoming: Election): Election {
  if (stored.status === "finished" && incoming.status === "finished" && stored.term === incoming.term) {
    if (stored.candidate === incoming.candidate)
      return { ...stored, votes: union(stored.votes, incoming.votes) };
    const incomingWins =
      incoming.suitability > stored.suitability ||
      (incoming.suitability === stored.suitability && incoming.candidate > stored.candidate);
    return incomingWins ? incoming : stored;
  }
  const { kept } = merged(stored, incoming);
  return { ...kept, votes: [...kept.votes].sort() };
}

/** All votes of both, in order. */
function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}

/** Whether two say the same; the order of votes does not count. */
export function isSame(a: Election, b: Election): boolean {
  return (
    a.candidate === b.candidate &&
    a.term === b.term &&
    a.suitability === b.suitability &&
    a.status === b.status &&
    a.votes.length === b.votes.length &&
    [...a.votes].sort().join(" ") === [...b.votes].sort().join(" ")
  );
}
