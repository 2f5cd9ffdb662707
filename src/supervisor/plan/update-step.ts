// What an update strategy is given, and the steps it answers with (reference/services.md §15).
import { compareIdents, type FullIdent, formatIdent } from "../../package/index.ts";
import type { CensusGroup } from "../census/census.ts";
import type { ServiceSpec } from "../spec/spec.ts";

export interface UpdateContext {
  readonly spec: ServiceSpec;
  readonly memberId: string;
  /** The service's group in the census; undefined before it is there. */
  readonly group: CensusGroup | undefined;
  /** Whether the census holds what the ring knows. */
  readonly arrived: boolean;
  /** The release the service runs, or is being started with. */
  readonly running: FullIdent;
  /** Whether its process has been up for a moment: it is there, for all one can tell. */
  readonly settled: boolean;
  /** What the last look at the channel found; the running release where the channel had none. */
  readonly found: FullIdent | undefined;
  /** What this member last told the others to follow. */
  readonly claim: Claim | undefined;
  /** The group's leader in whose favour this member has given up leading updates before. */
  readonly yieldedFor: string | undefined;
  /** Whether the same thing has been waited for so long that it is to be done without. */
  readonly patienceOver: boolean;
}

/** A release and the number under which a group changes to it. */
export interface Claim {
  readonly ident: FullIdent;
  readonly pkgIncarnation: bigint;
}

/** What an update waits for; told when it takes long. */
export type Waiting =
  /** The ring to say who is there. */
  | { readonly kind: "arrival" }
  /** Somebody to be elected. */
  | { readonly kind: "leader" }
  /** The leader to look at its channel, or to come up in its new release. */
  | { readonly kind: "leading"; readonly memberId: string }
  /** Another member to be there first, which tells this release now. */
  | { readonly kind: "member"; readonly memberId: string; readonly release: string }
  /** The own service to come up. */
  | { readonly kind: "settling" }
  /** Nothing: the group's release is not one of those this service may run. */
  | { readonly kind: "foreign"; readonly release: string };

export type UpdateStep =
  /** Look at the channel when it is time, or at once. */
  | { readonly kind: "poll"; readonly atOnce?: boolean; readonly waiting?: Waiting }
  /** Nothing to do before something changes. */
  | { readonly kind: "wait"; readonly waiting?: Waiting }
  /** Tell the group which release this member runs or changes to, and how far it is. */
  | { readonly kind: "tell"; readonly ident: FullIdent; readonly pkgIncarnation: bigint }
  /** Have it elected anew who leads the updates: by where the group's leader is, it should be another member. */
  | { readonly kind: "yield"; readonly leaderId: string }
  /** Change to this release; the number is what it will count as, for the log. */
  | { readonly kind: "change"; readonly ident: FullIdent; readonly pkgIncarnation?: bigint };

/** A member that asks nobody. */
export function pollForItself({ spec, running, found }: UpdateContext): UpdateStep {
  if (found === undefined || !isWanted(spec, found, running)) return { kind: "poll" };
  return { kind: "change", ident: found };
}

/** Whether a release takes the place of the running one: with `latest` a newer one, with `track-channel` any other. */
export function isWanted(spec: ServiceSpec, release: FullIdent, running: FullIdent): boolean {
  if (formatIdent(release) === formatIdent(running)) return false;
  return spec.updateCondition === "track-channel" || (compareIdents(release, running) ?? 1) > 0;
}
