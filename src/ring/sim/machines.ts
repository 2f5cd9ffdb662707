// The members a simulation runs: ours, the model of an original one, and how long their messages are on the wire.
import { createMember } from "../machine/machine.ts";
import { encodeGossip } from "../wire/gossip.ts";
import { swimSize } from "../wire/swim.ts";
import { createOriginalMember } from "./original/index.ts";
import type { Sizes } from "./sizes.ts";
import type { MachineFactories } from "./world.ts";

export const MACHINES = {
  own: createMember,
  original: createOriginalMember,
} satisfies MachineFactories;

/** As in a ring without a key. */
export const SIZES: Sizes = {
  datagram: (message) => swimSize(message) + ENVELOPE_BYTES,
  message: (message) => encodeGossip(message).length + ENVELOPE_BYTES,
};

/** Of a `Wire` around 128 bytes and more (butterfly.md §2.1). */
const ENVELOPE_BYTES = 3;
