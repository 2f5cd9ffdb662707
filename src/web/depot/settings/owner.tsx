// What only the owner of an origin can do.
import type { ReactNode } from "react";
import { Button } from "../../shared/index.ts";
import type { Asked } from "./page.tsx";

export interface OwnerSectionProps {
  readonly origin: string;
  readonly ask: (asked: Asked) => void;
}

export function OwnerSection({ origin, ask }: OwnerSectionProps): ReactNode {
  return (
    <section className="section" aria-label="Ownership">
      <h2>Ownership</h2>
      <ul className="list card">
        <li className="list-row">
          <span className="stacked">
            <strong>Hand {origin} on</strong>
            <span className="soft small">Another member becomes the owner, and you a maintainer.</span>
          </span>
          <Button look="danger" onClick={() => ask({ kind: "transfer" })}>
            Hand on…
          </Button>
        </li>
        <li className="list-row">
          <span className="stacked">
            <strong>Delete {origin}</strong>
            <span className="soft small">Only when nothing is left in it.</span>
          </span>
          <Button look="danger" onClick={() => ask({ kind: "delete" })}>
            Delete…
          </Button>
        </li>
      </ul>
    </section>
  );
}
