// What a hook or a program printed: untrusted, so shown as it is and no more.
import type { ReactNode } from "react";
import { endOf, visibleText } from "./visible.ts";

const MAX_LINES = 200;
const MAX_LENGTH = 16_000;

export interface PrintedProps {
  /** What it is, for those who do not see it. */
  readonly label: string;
  readonly text: string;
  /** Whether the beginning was left out before. */
  readonly isCut: boolean;
}

export function Printed({ label, text, isCut }: PrintedProps): ReactNode {
  const { text: shown, leftOut } = endOf(visibleText(text).trimEnd(), MAX_LINES, MAX_LENGTH);
  return (
    <section className="printed" aria-label={label}>
      <h3 className="small soft">{label}</h3>
      {(isCut || leftOut) && <p className="small soft">The beginning is left out.</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className="code-block" dir="ltr" tabIndex={0}>
        {shown}
      </pre>
    </section>
  );
}
