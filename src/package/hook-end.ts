// How a hook came to its end.
import type { ProcessEnd } from "../host/index.ts";

/** How a hook came to its end: by itself, by a signal, because its time was over, or because nobody waits for it any more. */
export type HookEnd =
  | { readonly kind: "code"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "timeout"; readonly seconds: number }
  | { readonly kind: "abandoned" };

/** How a hook ended, from how its process did. */
export function hookEnd(end: ProcessEnd, timeoutSeconds: number): HookEnd {
  switch (end.kind) {
    case "exit":
      return end.exit.signal === null
        ? { kind: "code", code: end.exit.code ?? 0 }
        : { kind: "signal", signal: end.exit.signal };
    case "timeout":
      return { kind: "timeout", seconds: timeoutSeconds };
    case "aborted":
      return { kind: "abandoned" };
  }
}
