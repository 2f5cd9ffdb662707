// A bar of parts of a whole, with the same in words.
import type { ReactNode } from "react";

export interface MeterPart {
  readonly look: "good" | "warn" | "bad" | "accent" | "rest";
  readonly count: number;
}

export interface MeterProps {
  /** What it says, for those who do not see it. */
  readonly label: string;
  readonly parts: readonly MeterPart[];
}

export function Meter({ label, parts }: MeterProps): ReactNode {
  const whole = parts.reduce((sum, { count }) => sum + count, 0);
  return (
    <div className="meter" role="img" aria-label={label}>
      {parts
        .filter(({ count }) => count > 0)
        .map(({ look, count }) => (
          <span key={look} className={`meter-part ${look}`} style={{ flexGrow: count / whole }} />
        ))}
    </div>
  );
}
