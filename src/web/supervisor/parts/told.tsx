// Parts of a page that wait for what the Supervisor tells, or may not be told.
import type { ReactNode } from "react";
import { Busy, State } from "../../shared/index.ts";
import { useDocument } from "../told/hooks.ts";

export interface ToldProps {
  readonly isTold: boolean;
  /** Of the size of what will come. */
  readonly skeleton: ReactNode;
  readonly children: ReactNode;
}

export function Told({ isTold, skeleton, children }: ToldProps): ReactNode {
  return isTold ? children : <Busy>{skeleton}</Busy>;
}

/** Whether this Supervisor hides its configuration and ring. */
export function useRedacted(): boolean {
  return useDocument("self", "")?.redacted === true;
}

/** Stands where something is hidden. */
export function Hidden({ what }: { readonly what: string }): ReactNode {
  return (
    <State icon="lock" title={`This Supervisor hides ${what}`}>
      It was started with HAB_FEAT_REDACT_HTTP. Without that variable it is shown here.
    </State>
  );
}
