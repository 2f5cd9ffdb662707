// Rumors about services, configuration, files and departures as they come in: newer incarnations replace older ones; at
// equal incarnation and different content all members keep the same one; stores are bounded.
import { insertDeparture } from "../departure.ts";
import { startHot } from "../heat.ts";
import type { Rumor, RumorKey, ServiceRumor } from "../rumor.ts";
import { serviceConfigKey, serviceFileKey, serviceKey } from "../rumor.ts";
import { insertService, insertServiceConfig, insertServiceFile } from "../services.ts";
import { type Core, note } from "./core.ts";
import { isForgottenService } from "./expire.ts";
import { contentHash } from "./records.ts";

/** Records of each kind kept at once, far beyond any ring's need: made-up ones must not fill the memory. */
const SERVICE_LIMIT = 200_000;
const GROUP_LIMIT = 20_000;
const FILE_BYTES_LIMIT = 256 * 1024 * 1024;

type Stored = Extract<Rumor, { kind: "service" | "service-config" | "service-file" | "departure" }>;

/** Takes in a rumor, ours or another's. */
export function hearRumor(core: Core, rumor: Stored): void {
  const { state } = core;
  if (rumor.kind === "departure") {
    insertDeparture(state, rumor.value, core.now);
    return;
  }
  if (rumor.kind === "service" && isForgottenService(core, rumor.value)) return;
  if (rumor.kind === "service" && rumor.value.memberId === state.self && contradicts(core, rumor.value))
    return;
  if (!isWelcome(core, rumor)) return;
  if (insert(core, rumor)) return;
  settle(core, rumor);
}

/** Announces that our service of a group has stopped: a record like any other, newer than the last, that says so. */
export function withdrawService(core: Core, serviceGroup: string): void {
  const stored = core.state.services.get(serviceGroup)?.get(core.state.self);
  if (stored === undefined || stored.stopped === true) return;
  insertService(core.state, { ...stored, incarnation: stored.incarnation + 1n, stopped: true }, core.now);
}

/**
 * Others hold a service of ours, newer than what we announced (our store was lost), or one we do not run: ours goes above
 * theirs. True when that was done.
 */
function contradicts({ state, now }: Core, heard: ServiceRumor): boolean {
  const stored = state.services.get(heard.serviceGroup)?.get(state.self);
  if (stored === undefined || heard.incarnation < stored.incarnation) return false;
  if (heard.incarnation === stored.incarnation && hashOf(heard) === hashOf(stored)) return false;
  insertService(state, { ...stored, incarnation: heard.incarnation + 1n }, now);
  return true;
}

function hashOf(value: ServiceRumor): number {
  return contentHash({ kind: "service", fromId: value.memberId, value });
}

function insert({ state, now }: Core, rumor: Exclude<Stored, { kind: "departure" }>): boolean {
  switch (rumor.kind) {
    case "service":
      return insertService(state, rumor.value, now);
    case "service-config":
      return insertServiceConfig(state, rumor.value);
    case "service-file":
      return insertServiceFile(state, rumor.value);
  }
}

/** Equal incarnation, other content: the one with the larger hash stays, with everybody (the original: whichever came first). */
function settle({ state }: Core, rumor: Exclude<Stored, { kind: "departure" }>): void {
  const replace = (key: RumorKey): void => startHot(state.heat, key);
  switch (rumor.kind) {
    case "service": {
      const { serviceGroup, memberId, incarnation } = rumor.value;
      const services = state.services.get(serviceGroup);
      const stored = services?.get(memberId);
      if (stored === undefined || stored.incarnation !== incarnation) return;
      if (hashOf(rumor.value) <= hashOf(stored)) return;
      services?.set(memberId, rumor.value);
      state.counters.services++;
      replace(serviceKey(memberId, serviceGroup));
      return;
    }
    case "service-config": {
      const { serviceGroup, incarnation } = rumor.value;
      const stored = state.serviceConfigs.get(serviceGroup);
      if (stored === undefined || stored.incarnation !== incarnation) return;
      if (contentHash(rumor) <= contentHash({ ...rumor, value: stored })) return;
      state.serviceConfigs.set(serviceGroup, rumor.value);
      state.counters.serviceConfigs++;
      replace(serviceConfigKey(serviceGroup));
      return;
    }
    case "service-file": {
      const { serviceGroup, filename, incarnation } = rumor.value;
      const files = state.serviceFiles.get(serviceGroup);
      const stored = files?.get(filename);
      if (stored === undefined || stored.incarnation !== incarnation) return;
      if (contentHash(rumor) <= contentHash({ ...rumor, value: stored })) return;
      files?.set(filename, rumor.value);
      state.counters.serviceFiles++;
      replace(serviceFileKey(serviceGroup, filename));
    }
  }
}

function isWelcome(core: Core, rumor: Stored): boolean {
  const { state } = core;
  const full = ((): string | undefined => {
    switch (rumor.kind) {
      case "service":
        return core.records.byHash.size >= SERVICE_LIMIT ? `${SERVICE_LIMIT} records` : undefined;
      case "service-config":
        return state.serviceConfigs.size >= GROUP_LIMIT
          ? `configuration of ${GROUP_LIMIT} groups`
          : undefined;
      case "service-file":
        return core.fileBytes >= FILE_BYTES_LIMIT ? `${FILE_BYTES_LIMIT} bytes of files` : undefined;
      case "departure":
        return undefined;
    }
  })();
  if (full === undefined) return true;
  note(core, { kind: "refused", what: rumor.kind, why: `${full} are stored already` });
  return false;
}
