// The lives in the traces that begin without memory, and what the traces' actions say of them.
import type { Life } from "./replay.ts";

/** In election3 B's and C's next main loop decides between one push and the next, and its phase is not in the trace. */
const PHASE_UNKNOWN_FROM = 47_200;

export const lives: Readonly<Record<string, readonly Life[]>> = {
  join2: [
    { member: "A", from: 9, until: 45_500, peers: [], away: [{ member: "B", from: 16_260, until: 36_150 }] },
    { member: "B", from: 2126.7, until: 16_260, peers: ["A"] },
    { member: "B", from: 36_122.7, until: 45_500, peers: ["A"] },
  ],
  stop3: [
    {
      member: "A",
      from: 14.5,
      until: 21_410,
      peers: [],
      away: [{ member: "C", from: 11_411, until: 21_411 }],
    },
    {
      member: "B",
      from: 122.6,
      until: 21_410,
      peers: ["A"],
      away: [{ member: "C", from: 11_411, until: 21_411 }],
    },
    { member: "C", from: 237.9, until: 11_411, peers: ["A"], leftAt: 11_334.2, quickAnswer: true },
  ],
  refute3: [
    {
      member: "A",
      from: 19.4,
      until: 52_302,
      peers: [],
      away: [
        { member: "C", from: 12_209.1, until: 18_215.9 },
        { member: "C", from: 32_216.5, until: 52_302 },
      ],
    },
    {
      member: "B",
      from: 126.7,
      until: 52_302,
      peers: ["A"],
      away: [
        { member: "C", from: 12_209.1, until: 18_215.9 },
        { member: "C", from: 32_216.5, until: 52_302 },
      ],
    },
    { member: "C", from: 337.4, until: 12_209.1, peers: ["A"] },
  ],
  depart3: [
    {
      member: "A",
      from: 16.7,
      until: 23_430,
      peers: [],
      away: [{ member: "C", from: 13_430, until: 23_430 }],
    },
    {
      member: "B",
      from: 138.5,
      until: 23_430,
      peers: ["A"],
      away: [{ member: "C", from: 13_430, until: 23_430 }],
    },
    { member: "C", from: 243.6, until: 13_430, peers: ["A"], quickAnswer: true },
  ],
  election3: [
    { member: "A", from: 15.8, until: 32_255.4, peers: [] },
    {
      member: "B",
      from: 131.8,
      until: PHASE_UNKNOWN_FROM,
      peers: ["A"],
      away: [{ member: "A", from: 32_255.4, until: 56_240 }],
    },
    {
      member: "C",
      from: 235.9,
      until: PHASE_UNKNOWN_FROM,
      peers: ["A"],
      away: [{ member: "A", from: 32_255.4, until: 56_240 }],
    },
  ],
  "full-plain": [
    {
      member: "A",
      from: 14.7,
      until: 48_115,
      peers: [],
      permanent: "A",
      away: [{ member: "C", from: 33_711.6, until: 40_102.4 }],
    },
    {
      member: "B",
      from: 1158.6,
      until: 48_115,
      peers: ["A"],
      permanent: "A",
      away: [{ member: "C", from: 33_711.6, until: 40_102.4 }],
    },
    { member: "C", from: 1267.7, until: 33_711.6, peers: ["A"], permanent: "A" },
  ],
  "full-keyed": [
    {
      member: "A",
      from: 18.7,
      until: 51_137,
      peers: [],
      permanent: "A",
      away: [{ member: "C", from: 32_598.3, until: 43_123.5 }],
    },
    {
      member: "B",
      from: 1134.3,
      until: 51_137,
      peers: ["A"],
      permanent: "A",
      away: [{ member: "C", from: 32_598.3, until: 43_123.5 }],
    },
    { member: "C", from: 1236.8, until: 32_598.3, peers: ["A"], permanent: "A", quickAnswer: true },
  ],
};
