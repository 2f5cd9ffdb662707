// "Did you mean": Jaro similarity, as the original's parser uses it (reference/cli.md §2.3: similar above 0.7, least
// similar first).

const SIMILAR_ABOVE = 0.7;

/** Jaro similarity of two texts, 0 (nothing in common) to 1 (equal). */
export function jaroSimilarity(a: string, b: string): number {
  if (a.length === 0 && b.length === 0) return 1;
  if (a.length === 0 || b.length === 0) return 0;
  const window = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const takenInB = new Array<boolean>(b.length).fill(false);
  const matchesOfA: string[] = [];
  for (let i = 0; i < a.length; i++) {
    const end = Math.min(b.length, i + window + 1);
    for (let j = Math.max(0, i - window); j < end; j++) {
      if (takenInB[j] || a[i] !== b[j]) continue;
      takenInB[j] = true;
      matchesOfA.push(a[i] as string);
      break;
    }
  }
  if (matchesOfA.length === 0) return 0;
  let transpositions = 0;
  let position = 0;
  for (let j = 0; j < b.length; j++) {
    if (!takenInB[j]) continue;
    if (matchesOfA[position++] !== b[j]) transpositions++;
  }
  const matches = matchesOfA.length;
  return (matches / a.length + matches / b.length + (matches - Math.floor(transpositions / 2)) / matches) / 3;
}

/** The candidates that resemble `word`, the most similar one last. */
export function similarWords(word: string, candidates: Iterable<string>): string[] {
  const scored: { candidate: string; score: number }[] = [];
  for (const candidate of candidates) {
    const score = jaroSimilarity(word, candidate);
    if (score > SIMILAR_ABOVE) scored.push({ candidate, score });
  }
  return scored.sort((a, b) => a.score - b.score).map(({ candidate }) => candidate);
}

/** The candidate that resembles `word` most, or undefined when none does. */
export function mostSimilarWord(word: string, candidates: Iterable<string>): string | undefined {
  return similarWords(word, candidates).at(-1);
}
