// States as badges: always a word, never a colour alone.
import type { ReactNode } from "react";
import { Badge, type BadgeLook } from "../../shared/index.ts";
import type { HealthText, MemberHealthText, PeerDocument, ServiceDocument } from "../told/shapes.ts";

const HEALTH: Readonly<Record<HealthText, { readonly text: string; readonly look?: BadgeLook }>> = {
  Ok: { text: "healthy", look: "good" },
  Warning: { text: "warning", look: "warn" },
  Critical: { text: "critical", look: "bad" },
  Unknown: { text: "health unknown" },
};

export function HealthBadge({ health }: { readonly health: HealthText }): ReactNode {
  const { text, look } = HEALTH[health];
  return <Badge look={look}>{text}</Badge>;
}

/** What there is to say of a service in one word. */
export function serviceState(service: ServiceDocument): { readonly text: string; readonly look?: BadgeLook } {
  if (service.desired_state === "down")
    return service.state === "up" ? { text: "stopping" } : { text: "stopped" };
  if (service.draining) return { text: "draining", look: "warn" };
  if (service.ready === true) return { text: "ready", look: "good" };
  if (service.state === "up") return { text: service.initialized ? "not ready" : "starting", look: "warn" };
  if (service.next_restart_at !== null) return { text: "waits to restart", look: "bad" };
  return service.problems.length > 0
    ? { text: "cannot start", look: "bad" }
    : { text: "not up", look: "warn" };
}

export function ServiceBadge({ service }: { readonly service: ServiceDocument }): ReactNode {
  const { text, look } = serviceState(service);
  return <Badge look={look}>{text}</Badge>;
}

const MEMBERS: Readonly<Record<MemberHealthText, BadgeLook | undefined>> = {
  alive: "good",
  suspect: "warn",
  confirmed: "bad",
  departed: undefined,
};

/** `confirmed` is the ring's word for one that is down. */
export function MemberBadge({ health }: { readonly health: MemberHealthText | null }): ReactNode {
  return <Badge look={health === null ? undefined : MEMBERS[health]}>{health ?? "unknown"}</Badge>;
}

export function RoleBadges({ peer }: { readonly peer: PeerDocument }): ReactNode {
  return (
    <>
      {peer.leader && <Badge look="accent">leader</Badge>}
      {peer.update_leader && <Badge look="accent">leads the update</Badge>}
      {peer.changing && <Badge look="warn">changing</Badge>}
      {peer.draining && <Badge look="warn">draining</Badge>}
      {peer.not_ready && <Badge look="warn">not ready</Badge>}
    </>
  );
}
