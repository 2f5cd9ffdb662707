// What requests of the control gateway name, and how they are refused (reference/supervisor.md §12.4, §12.6).
import { type CtlPackageIdent, ErrCode } from "../../ctl/index.ts";
import { formatIdent, type PackageIdent } from "../../package/index.ts";
import type { ServiceGroup } from "../group.ts";
import type { ServiceSnapshot } from "../slot.ts";

/** A refusal with its code; anything else thrown becomes Internal. */
export class Refusal extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.name = "Refusal";
    this.code = code;
  }
}

/** A field the request cannot do without. */
export function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Refusal(ErrCode.UpdateClient, "client out of date");
  return value;
}

export function identOf({ origin, name, version, release }: CtlPackageIdent): PackageIdent {
  if (version === undefined) return { origin, name };
  return release === undefined ? { origin, name, version } : { origin, name, version, release };
}

export function notLoaded(ident: PackageIdent): Refusal {
  return new Refusal(ErrCode.NotFound, `Service not loaded, ${formatIdent(ident)}`);
}

export function shownIdent({ spec, parts }: ServiceSnapshot): PackageIdent {
  return parts?.pkg.ident ?? spec.ident;
}

export function groupFields(
  { spec, parts }: ServiceSnapshot,
  { organization }: { readonly organization: string | undefined },
): ServiceGroup {
  return (
    parts?.group ?? {
      service: spec.ident.name,
      group: spec.group,
      ...(organization === undefined ? {} : { organization }),
    }
  );
}
