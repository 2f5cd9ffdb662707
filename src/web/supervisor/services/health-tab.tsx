// How the health of a service went: the last events of it, and a strip of time in which each stretch has the look of what the
// check said.
import { type ReactNode, useEffect, useState } from "react";
import { ListSkeleton, Moment, State } from "../../shared/index.ts";
import { EventLine } from "../parts/event-line.tsx";
import { Told } from "../parts/told.tsx";
import { useHello, useTimeline, useTopic } from "../told/hooks.ts";
import type { ServiceDocument, TimelineEntry } from "../told/shapes.ts";
import { type Stretch, stretchesOf } from "./stretches.ts";

const MAX_SHOWN = 100;
const REDRAW_MS = 10_000;

export function HealthTab({ service }: { readonly service: ServiceDocument }): ReactNode {
  const isTold = useTopic("events");
  const since = useHello()?.since;
  const events = useTimeline().filter(
    (entry) =>
      "service_group" in entry && entry.service_group === service.service_group && entry.kind !== "election",
  );
  return (
    <Told isTold={isTold} skeleton={<ListSkeleton rows={6} />}>
      <div className="stack">
        {since !== undefined && <Strip events={events} since={since} />}
        {events.length === 0 ? (
          <State title="Nothing has happened to it" icon="clock">
            Events are kept while the Supervisor runs.
          </State>
        ) : (
          <ul className="list card">
            {events
              .slice(-MAX_SHOWN)
              .toReversed()
              .map((entry) => (
                <li key={entry.n}>
                  <EventLine entry={entry} />
                </li>
              ))}
          </ul>
        )}
      </div>
    </Told>
  );
}

function Strip({
  events,
  since,
}: {
  readonly events: readonly TimelineEntry[];
  readonly since: number;
}): ReactNode {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), REDRAW_MS);
    return () => clearInterval(timer);
  }, []);
  const until = Math.max(now, events.at(-1)?.at ?? 0, since + 1);
  const stretches = stretchesOf(events, since, until);
  const words = stretches
    .map(({ result, from, to }) => `${result} for ${durationText(to - from)}`)
    .slice(-10)
    .join(", then ");
  return (
    <figure className="card card-body stack">
      <div className="strip" role="img" aria-label={`Health: ${words}`}>
        {stretches.map((stretch) => (
          <span
            key={stretch.from}
            className={`strip-part ${stretch.result}`}
            style={{ flexGrow: (stretch.to - stretch.from) / (until - since) }}
          />
        ))}
      </div>
      <figcaption className="row between soft small">
        <span>
          since <Moment at={since} />
        </span>
        <span className="row legend">
          {(["ok", "warning", "critical", "unknown"] as const).map((result) => (
            <span key={result} className={`legend-item ${result}`}>
              {result}: {share(stretches, result, until - since)}
            </span>
          ))}
        </span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}

function share(stretches: readonly Stretch[], result: Stretch["result"], whole: number): string {
  const sum = stretches
    .filter((each) => each.result === result)
    .reduce((all, { from, to }) => all + to - from, 0);
  const percent = (100 * sum) / whole;
  return percent > 0 && percent < 1 ? "<1 %" : `${Math.round(percent)} %`;
}

function durationText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
