// How many members are in which health.

import type { ReactNode } from "react";
import { numberText } from "../../shared/index.ts";
import { Meter } from "../parts/meter.tsx";
import type { SelfDocument } from "../told/shapes.ts";

export const HEALTHS = ["alive", "suspect", "confirmed", "departed"] as const;

const WORDS = {
  alive: "alive",
  suspect: "suspect: does not answer",
  confirmed: "confirmed: is down",
  departed: "departed: has left for good",
} as const;

export function MemberSummary({ counts }: { readonly counts: SelfDocument["members"] }): ReactNode {
  const { alive, suspect, confirmed } = counts;
  return (
    <div className="stack tight">
      <Meter
        label={HEALTHS.map((health) => `${counts[health]} ${health}`).join(", ")}
        parts={[
          { look: "good", count: alive },
          { look: "warn", count: suspect },
          { look: "bad", count: confirmed },
        ]}
      />
      <dl className="counts">
        {HEALTHS.filter((health) => health === "alive" || counts[health] > 0).map((health) => (
          <div key={health} className={`count ${health}`}>
            <dt title={WORDS[health]}>{health}</dt>
            <dd className="number">{numberText(counts[health])}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
