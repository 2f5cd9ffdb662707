// Names of peers as other programs of this host look them up.
import type { Resolve } from "../peers.ts";

export const resolveBySystem: Resolve = async (host, family) => {
  const { lookup } = await import("node:dns/promises");
  const found = await lookup(host, { all: true, family: family === 4 ? 4 : 0 });
  return found.map(({ address }) => address);
};
