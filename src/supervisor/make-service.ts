// A service as this Supervisor holds it: with the ring, the launcher and the gateways around it.
import { formatServiceGroup } from "./group.ts";
import type { ToldOfService } from "./ring/port.ts";
import type { RestartRequest, ServiceHost, ServiceParts } from "./service/ports.ts";
import { Service } from "./service/service.ts";
import type { ServicesOptions } from "./services.ts";
import type { Slot } from "./slot.ts";

/** Makes the service of `slot` and announces it. */
export function makeService(
  parts: ServiceParts,
  slot: Slot,
  options: ServicesOptions,
  restart: (request: RestartRequest) => void,
): Service {
  const { ring, launcher, output, metrics, sys, census, now, random, changed, report } = options;
  const group = formatServiceGroup(parts.group);
  const announce = (told: ToldOfService = {}) =>
    ring.announce(parts, {
      // While it is stopped for an update, what it says else must not take back the release it changes to.
      ident: slot.chosen ?? parts.pkg.ident,
      // Nobody would say that a change is over where no strategy looks after it.
      ...(slot.spec.updateStrategy === "rolling" ? {} : { changing: false }),
      ...told,
    });
  announce({ draining: false, ...(parts.templates.hooks.has("readiness") ? {} : { notReady: false }) });
  const host: ServiceHost = {
    output,
    launcher,
    metrics,
    sys,
    census,
    now,
    random,
    announce,
    elect: (suitability) => ring.elect("election", group, suitability),
    tellSuitability: (suitability) => ring.tellSuitability(group, suitability),
    changed: () => changed(parts.pkg.ident.name),
    restart,
    ...(report === undefined ? {} : { report }),
  };
  return new Service(parts, host);
}
