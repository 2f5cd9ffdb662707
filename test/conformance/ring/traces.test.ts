// The model of an original member against the original: fed with what one got, it sends what that one sent, to the same
// members in the same order and within a tick.
import { describe, expect, test } from "bun:test";
import { lives } from "./lives.ts";
import { type Replay, replay } from "./replay.ts";
import { readTrace } from "./trace.ts";

/** A push may come before or after what it is to tell. */
const TICK_MS = 1050;

function furthestApart({ model, original }: Replay): number {
  let furthest = 0;
  for (const [destination, lines] of Object.entries(original))
    for (const [index, { t }] of lines.entries())
      furthest = Math.max(furthest, Math.abs(t - model[destination]![index]!.t));
  return furthest;
}

const texts = (sent: Replay["model"]) =>
  Object.fromEntries(Object.entries(sent).map(([to, lines]) => [to, lines.map(({ text }) => text)]));

for (const [name, ofTrace] of Object.entries(lives))
  describe(`trace ${name}`, () => {
    const trace = readTrace(name);
    for (const life of ofTrace)
      test(`${life.member} from ${life.from} ms`, () => {
        const replayed = replay(trace, life);
        expect(texts(replayed.model)).toEqual(texts(replayed.original));
        expect(furthestApart(replayed)).toBeLessThanOrEqual(TICK_MS);
        expect(replayed.refused).toEqual([]);
      });
  });

test("after the crash of the leader the others agree as they did in the trace", () => {
  const trace = readTrace("election3");
  for (const life of lives["election3"]!.filter(({ member }) => member !== "A")) {
    const { state } = replay(trace, { ...life, until: 56_200 });
    expect(state.elections.get("cache.default")).toMatchObject({
      candidate: trace.members["C"]!.id,
      term: 1n,
      status: "finished",
    });
  }
});
