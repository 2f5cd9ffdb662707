// The hooks of a service, with how each went last and what it printed.
import type { ReactNode } from "react";
import { Badge, Moment, State } from "../../shared/index.ts";
import { Printed } from "../parts/printed.tsx";
import { visibleLine } from "../parts/visible.ts";
import type { HookDocument } from "../told/shapes.ts";

export function HooksTab({ hooks }: { readonly hooks: readonly HookDocument[] }): ReactNode {
  if (hooks.length === 0)
    return <State title="It has no hooks">Its package has none, or is not there yet.</State>;
  return (
    <ul className="stack">
      {hooks.map((hook) => (
        <li key={hook.hook} className="card card-body stack">
          <Hook hook={hook} />
        </li>
      ))}
    </ul>
  );
}

function Hook({ hook: { hook, last } }: { readonly hook: HookDocument }): ReactNode {
  return (
    <>
      <div className="row between">
        <h2>
          <code>{hook}</code>
        </h2>
        {last !== null && (
          <span className="row">
            {last.outcome !== null && (
              <Badge look={last.ok === true ? "good" : "bad"}>{visibleLine(last.outcome)}</Badge>
            )}
            <span className="soft small">
              ended <Moment at={last.ended_at} />
              {last.seconds !== null && ` after ${secondsText(last.seconds)}`}
            </span>
          </span>
        )}
      </div>
      {last === null && (
        <p className="soft">
          {hook === "run"
            ? "It is the service itself: what it prints is in hab svc logs."
            : "It has not run since its logs were cleared."}
        </p>
      )}
      {last !== null && last.stdout === "" && last.stderr === "" && (
        <p className="soft">It printed nothing.</p>
      )}
      {last !== null && last.stdout !== "" && (
        <Printed label={`Output of ${hook}`} text={last.stdout} isCut={last.cut} />
      )}
      {last !== null && last.stderr !== "" && (
        <Printed label={`Errors of ${hook}`} text={last.stderr} isCut={last.cut} />
      )}
    </>
  );
}

function secondsText(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}
