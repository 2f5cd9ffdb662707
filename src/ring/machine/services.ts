// Rumors about services, configuration, files and departures as they come in: newer incarnations replace older ones; at
// equal incarnation and different content all members keep the same one; stores are bounded.
import { insertDeparture } from "../departure.ts";
import { startHot } from "../heat.ts";
import type { Rumor, RumorKey, ServiceRumor } from "../rumor.ts";
import { departureKey, nextIncarnation, serviceConfigKey, serviceFileKey, serviceKey } from "../rumor.ts";
import { insertService, insertServiceConfig, insertServiceFile } from "../services.ts";
import { storedRumor } from "../stored-rumors.ts";
import { type Core, note } from "./core.ts";
import { pushNow } from "./couriers.ts";
import { forgottenServiceIncarnation, isForgottenService } from "./expire.ts";
import { CONTENT_BYTES_LIMIT, DEPARTURE_LIMIT, GROUP_LIMIT, RECORD_LIMIT } from "./limits.ts";
import { contentBytes, contentHash, keyHash } from "./records.ts";

/** Own services are put right this often at most. */
const CONTRADICTION_PAUSE_MS = 500;

type Stored = Extract<Rumor, { kind: "service" | "service-config" | "service-file" | "departure" }>;

/** Takes in a rumor, ours or another's. */
export function hearRumor(core: Core, rumor: Stored): void {
  const { state } = core;
  if (rumor.kind === "departure") {
    const { memberId } = rumor.value;
    // To hear it again is no news.
    const isKnown = state.departures.has(memberId) && state.members.get(memberId)?.health === "departed";
    if (!isKnown && isWelcome(core, rumor)) insertDeparture(state, rumor.value, core.now);
    return;
  }
  if (rumor.kind === "service" && isForgottenService(core, rumor.value)) {
    tellForgottenService(core, rumor.value);
    return;
  }
  if (rumor.kind === "service" && rumor.value.memberId === state.self && contradicts(core, rumor.value))
    return;
  if (isHeardAgain(core, rumor) || !isWelcome(core, rumor)) return;
  if (insert(core, rumor)) return;
  settle(core, rumor);
}

/** Announces that our service of a group has stopped: a record like any other, newer than the last, that says so. */
export function withdrawService(core: Core, serviceGroup: string): void {
  const stored = core.state.services.get(serviceGroup)?.get(core.state.self);
  if (stored === undefined || stored.stopped === true) return;
  const incarnation = nextIncarnation(stored.incarnation);
  if (!insertService(core.state, { ...stored, incarnation, stopped: true }, core.now))
    settle(core, { kind: "service", fromId: core.state.self, value: { ...stored, stopped: true } });
}

/**
 * Others hold a service of ours, newer than what we announced (our store was lost): ours goes above theirs. One we do not
 * run is stored as stopped, above what they hold. True when the rumor has been dealt with.
 */
function contradicts(core: Core, heard: ServiceRumor): boolean {
  const { state, announced, now } = core;
  const stored = state.services.get(heard.serviceGroup)?.get(state.self);
  if (stored === undefined && announced.has(heard.serviceGroup)) return false;
  if (stored === undefined && heard.stopped === true) return false;
  if (stored !== undefined && !goesAbove(heard, stored)) return false;
  // Two machines with one id would go above each other without end.
  if (now - core.contradictedAt < CONTRADICTION_PAUSE_MS) return true;
  core.contradictedAt = now;
  const ours = stored ?? { ...heard, stopped: true };
  // Nothing is above the largest number: there, all keep the same one (`settle`).
  return insertService(state, { ...ours, incarnation: nextIncarnation(heard.incarnation) }, now);
}

/** Whether all would keep `heard`. A copy of a stopped service that came through an original member is not above it. */
function goesAbove(heard: ServiceRumor, stored: ServiceRumor): boolean {
  if (heard.incarnation !== stored.incarnation) return heard.incarnation > stored.incarnation;
  return hashOf(heard) > hashOf(stored);
}

function hashOf(value: ServiceRumor): number {
  return contentHash({ kind: "service", fromId: value.memberId, value });
}

/** Most of what is heard: an older version, or what is stored already. */
function isHeardAgain({ state }: Core, rumor: Exclude<Stored, { kind: "departure" }>): boolean {
  const stored = storedRumor(state, keyOf(rumor));
  if (stored?.kind !== "service" && stored?.kind !== "service-config" && stored?.kind !== "service-file")
    return false;
  const { incarnation } = stored.value;
  return (
    incarnation > rumor.value.incarnation ||
    (incarnation === rumor.value.incarnation && contentHash(stored) === contentHash(rumor))
  );
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

/**
 * A member announces a service with a number that we hold for long stopped: its store was lost. Told of a newer one, it goes
 * above that.
 */
function tellForgottenService(core: Core, value: ServiceRumor): void {
  const { memberId } = value;
  const incarnation = forgottenServiceIncarnation(core, value);
  if (incarnation === undefined || core.teller !== memberId) return;
  pushNow(core, memberId, [
    { kind: "service", fromId: memberId, value: { ...value, incarnation, stopped: true } },
  ]);
}

/** Whether there is room: always for a newer version that is no larger. */
function isWelcome(core: Core, rumor: Stored): boolean {
  const { state, records } = core;
  const known = records.byHash.get(keyHash(keyOf(rumor)));
  const growth = contentBytes(rumor) - (known?.bytes ?? 0);
  const full = ((): string | undefined => {
    if (growth > 0 && records.bytes + growth > CONTENT_BYTES_LIMIT) return `${records.bytes} bytes`;
    if (known !== undefined) return undefined;
    if (records.byHash.size >= RECORD_LIMIT) return `${RECORD_LIMIT} records`;
    if (rumor.kind === "service-config" && state.serviceConfigs.size >= GROUP_LIMIT)
      return `configuration of ${GROUP_LIMIT} groups`;
    const isOther = rumor.kind === "departure" && rumor.value.memberId !== state.self;
    if (isOther && state.departures.size >= DEPARTURE_LIMIT) return `${DEPARTURE_LIMIT} departures`;
    return undefined;
  })();
  if (full === undefined) return true;
  note(core, { kind: "refused", what: rumor.kind, why: `${full} are stored already` });
  return false;
}

function keyOf({ kind, value }: Stored): RumorKey {
  switch (kind) {
    case "service":
      return serviceKey(value.memberId, value.serviceGroup);
    case "service-config":
      return serviceConfigKey(value.serviceGroup);
    case "service-file":
      return serviceFileKey(value.serviceGroup, value.filename);
    case "departure":
      return departureKey(value.memberId);
  }
}
