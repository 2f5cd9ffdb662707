// Becoming a member of the ring: the state as it was kept, the ring key, the node that speaks to others
// (reference/supervisor.md §5 steps 8, 11 and 13).
import { decryptWithCache, formatNamedRevision, KeyCache } from "../../crypto/index.ts";
import { keyCachePath } from "../../host/index.ts";
import {
  createMember,
  openRingStorage,
  type RingCounter,
  type RingMachine,
  type RingNode,
  type RingState,
  type RingStorage,
  startRingNode,
} from "../../ring/index.ts";
import type { SupervisorOptions } from "../options.ts";
import { type Output, PROGRAM } from "../output.ts";
import type { SysInfo } from "../sys.ts";
import { NO_INSIGHT, RingNotes } from "./health-report.ts";
import { RingPort } from "./port.ts";
import { type RingReports, type RingSummary, ringReports } from "./reports.ts";
import { ringKey } from "./ring-key.ts";

/** Opens what is known of the ring. Damaged files are told and set aside. */
export function openRingState(directory: string, output: Output): RingStorage {
  return openRingStorage({
    directory,
    now: new Date(),
    monotonicNow: performance.now(),
    report: ({ file, setAside, problems }) =>
      output.line(
        PROGRAM,
        "MR",
        `${file} was damaged (${problems.join("; ")}); it is kept as ${setAside}, what could be read is used`,
      ),
  });
}

export interface JoinOptions {
  readonly supervisor: SupervisorOptions;
  readonly storage: RingStorage;
  readonly sys: SysInfo;
  readonly output: Output;
  readonly count: RingCounter;
  /** A Departure named us. */
  readonly departed: () => void;
  /** What keeps groups from being updated, a sentence each. */
  readonly updateProblems: () => readonly string[];
}

export interface Joined {
  readonly node: RingNode;
  readonly ring: RingPort;
  readonly reports: RingReports;
  readonly ringSummary: RingSummary;
}

/** A little more than the machine waits for others. */
const ARRIVAL_PATIENCE_MS = 6000;

/** Listens for others and begins to join them. Throws when the address is taken or the ring key missing. */
export async function joinRing(options: JoinOptions): Promise<Joined> {
  const { supervisor, storage, sys, output, count, departed } = options;
  const { listenGossip, advertiseGossip, peerWatchFile } = supervisor;
  const cache = new KeyCache(supervisor.cacheKeyPath ?? keyCachePath());
  const key = ringKey(supervisor, cache);
  output.line(PROGRAM, "MR", `Starting gossip-listener on ${listenGossip.host}:${listenGossip.port}`);
  let ring: RingPort | undefined;
  const notes = new RingNotes();
  let hasArrived = supervisor.peers.length === 0 && !remembersOthers(storage.state);
  const arrive = (): void => {
    if (hasArrived) return;
    hasArrived = true;
    // Also without a change of the stores: updates wait for this.
    ring?.refresh(true);
  };
  // Peers whose names lead nowhere are never told to the machine, which then has nothing to wait for.
  if (!hasArrived) setTimeout(arrive, ARRIVAL_PATIENCE_MS).unref();
  let machine: RingMachine | undefined;
  const node = await startRingNode({
    storage,
    machine: (given) => {
      machine = createMember(given);
      return machine;
    },
    listen: listenGossip,
    ...(advertiseGossip === undefined ? {} : { advertise: advertiseGossip }),
    permanent: supervisor.permanentPeer,
    peers: supervisor.peers,
    ...(peerWatchFile === undefined ? {} : { peerWatchFile }),
    key,
    changed: () => ring?.refreshSoon(),
    departed,
    note: (note) => {
      notes.take(note);
      if (note.kind === "arrived") arrive();
    },
    report: (line) => output.line(PROGRAM, "MR", line),
    count,
  });
  ring = new RingPort({
    member: {
      state: node.state,
      apply: (event) => node.apply(event),
      // The node saves within a second and elsewhere; what is acknowledged cannot wait for that.
      persist: () => storage.save(),
      hasArrived: () => hasArrived,
    },
    sys,
    output,
    decrypt: async (content) => decryptWithCache(cache, content),
  });
  const told = ringReports({
    node,
    insight: () => machine?.insight?.() ?? NO_INSIGHT,
    notes,
    advertised: advertiseGossip,
    keyName: key === undefined ? undefined : formatNamedRevision(key.id),
    permanent: supervisor.permanentPeer,
    updateProblems: options.updateProblems,
  });
  return { node, ring, ...told };
}

function remembersOthers({ members, self }: RingState): boolean {
  return members.size > (members.has(self) ? 1 : 0);
}
