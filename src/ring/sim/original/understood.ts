// What an original understands of a message from a member of ours: the fields it does not know are skipped and lost
// (reference/butterfly.md §17).
import type { Member, Membership } from "../../member.ts";
import type { Rumor } from "../../rumor.ts";

/** Of the rumor about a service. */
const EXTENSIONS = ["stopped", "changing", "draining", "notReady"] as const;

export function understoodMember(member: Member): Member {
  if (!("abilities" in member)) return member;
  const { abilities: _, ...known } = member;
  return known;
}

export function understoodMembership(membership: Membership): Membership {
  const member = understoodMember(membership.member);
  if (member === membership.member && !("accuser" in membership) && !("ageMs" in membership))
    return membership;
  return { member, health: membership.health };
}

export function understoodRumor(rumor: Rumor): Rumor {
  if (rumor.kind === "member") return { ...rumor, value: understoodMembership(rumor.value) };
  if (rumor.kind !== "service" || !EXTENSIONS.some((field) => field in rumor.value)) return rumor;
  const { stopped, changing, draining, notReady, ...known } = rumor.value;
  return { ...rumor, value: known };
}
