// `hab doctor`, Supervisor: which release of it the launcher starts, and which it went back from (docs/updates.md).
import { recordedSlots } from "../../launcher/index.ts";
import { compareIdents, isFullIdent, type PackageIdent, parseIdent } from "../../package/index.ts";
import { type Check, checksOf, type DoctorContext } from "./check.ts";

const { ok, warning } = checksOf("supervisor");

const NEXT =
  "Promote a newer release that is good, or have it tried again: hab sup restart --retry-refused. Its output before the way " +
  "back says why it failed.";

/** What was refused counts as long as nothing newer has proved itself. */
export async function checkSupervisor({ root }: DoctorContext): Promise<Check[]> {
  const slots = await recordedSlots(root);
  if (slots === undefined) return [ok("release", "the program of its launcher")];
  const { good, trial, refused } = slots;
  return [
    ok("release", good?.name ?? "the program of its launcher"),
    ...(trial === undefined ? [] : [ok("on trial", trial.name)]),
    ...refused
      .filter(({ name }) => good === undefined || isNewer(name, good.name))
      .map(({ name, reason }) => warning("refused", `went back from ${name}: ${reason}`, NEXT)),
  ];
}

function isNewer(name: string, than: string): boolean {
  const [a, b] = [identOf(name), identOf(than)];
  return a === undefined || b === undefined || (compareIdents(a, b) ?? 1) > 0;
}

function identOf(name: string): PackageIdent | undefined {
  try {
    const ident = parseIdent(name);
    return isFullIdent(ident) ? ident : undefined;
  } catch {
    return undefined;
  }
}
