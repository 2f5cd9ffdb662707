// This member at a glance: what is wrong, what runs, what is being changed, who else is there.
import type { ReactNode } from "react";
import { Facts, Link, ListSkeleton, Moment, PageHead } from "../../shared/index.ts";
import { UpdateProgress } from "../groups/update-progress.tsx";
import { EventLine } from "../parts/event-line.tsx";
import { type ProblemLine, ProblemList } from "../parts/problem-list.tsx";
import { Told, useRedacted } from "../parts/told.tsx";
import { visibleLine } from "../parts/visible.ts";
import { MemberSummary } from "../ring/summary.tsx";
import { ServiceList } from "../services/service-list.tsx";
import { useDocument, useDocuments, useTimeline, useTopic } from "../told/hooks.ts";
import type { SelfDocument, ServiceDocument } from "../told/shapes.ts";

const LAST_EVENTS = 8;
const MAX_SHOWN = 20;

export default function OverviewPage(): ReactNode {
  // All at once: what comes later would move what is there.
  const isTold = [useTopic("self"), useTopic("services"), useTopic("groups"), useTopic("events")].every(
    Boolean,
  );
  const self = useDocument("self", "");
  const services = useDocuments("service");
  return (
    <div className="page">
      <PageHead title={self === undefined ? "This member" : visibleLine(self.hostname)}>
        <p className="lede head-line">
          {self !== undefined && isTold && <Standing self={self} services={services} />}
        </p>
      </PageHead>
      <Told isTold={isTold} skeleton={<ListSkeleton rows={8} />}>
        {self !== undefined && (
          <div className="with-aside">
            <div className="stack wide-gap">
              <Problems self={self} services={services} />
              <section className="section" aria-labelledby="services">
                <h2 id="services">Services</h2>
                <ServiceList services={services} />
              </section>
              <Updates />
              <LastEvents />
            </div>
            <aside className="stack" aria-label="This member">
              <Identity self={self} />
            </aside>
          </div>
        )}
      </Told>
    </div>
  );
}

function Standing({
  self,
  services,
}: {
  readonly self: SelfDocument;
  readonly services: readonly ServiceDocument[];
}): ReactNode {
  const wanted = services.filter((service) => service.desired_state === "up");
  const ready = wanted.filter((service) => service.ready === true).length;
  if (services.length === 0) return "No service is loaded.";
  if (wanted.length === 0) return "All services are told to stay stopped.";
  const all = wanted.length === 1 ? "Its service is ready" : `All ${wanted.length} services are ready`;
  return self.ready && ready === wanted.length
    ? `${all}.`
    : `${ready} of ${wanted.length} services are ready.`;
}

function Problems({
  self,
  services,
}: {
  readonly self: SelfDocument;
  readonly services: readonly ServiceDocument[];
}): ReactNode {
  const ofServices = services.flatMap((service): ProblemLine[] =>
    [...new Set([...service.problems, ...service.reasons])].map((text) => ({
      about: service.name,
      to: `/services/${encodeURIComponent(service.name)}`,
      text,
    })),
  );
  // What keeps a service from being updated is told of the ring, too.
  const said = new Set(
    services.flatMap((each) => each.problems.map((text) => `${each.service_group}: ${text}`)),
  );
  const ofRing = self.problems.filter((text) => !said.has(text)).map((text): ProblemLine => ({ text }));
  const all = [...ofServices, ...ofRing];
  const more = self.more_problems + Math.max(0, all.length - MAX_SHOWN);
  if (all.length === 0) return <p className="notice good">Nothing needs attention.</p>;
  return (
    <section className="section" aria-labelledby="problems">
      <h2 id="problems">Needs attention</h2>
      <div className="card card-body stack">
        <ProblemList problems={all.slice(0, MAX_SHOWN)} />
        {more > 0 && (
          <p className="soft">
            and {more} more: see the <Link to="/ring">ring</Link>
          </p>
        )}
      </div>
    </section>
  );
}

function Updates(): ReactNode {
  const updating = useDocuments("group").filter((group) => group.update?.under_way === true);
  if (updating.length === 0) return null;
  return (
    <section className="section" aria-labelledby="updates">
      <h2 id="updates">Updates under way</h2>
      <ul className="list card">
        {updating.map((group) => (
          <li key={group.service_group} className="card-body">
            <UpdateProgress group={group} isTitled />
          </li>
        ))}
      </ul>
    </section>
  );
}

function LastEvents(): ReactNode {
  const last = useTimeline().slice(-LAST_EVENTS).reverse();
  return (
    <section className="section" aria-labelledby="last">
      <div className="row between">
        <h2 id="last">What happened last</h2>
        <Link to="/events">All events</Link>
      </div>
      {last.length === 0 ? (
        <p className="soft">Nothing yet.</p>
      ) : (
        <ul className="list card">
          {last.map((entry) => (
            <li key={entry.n}>
              <EventLine entry={entry} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Identity({ self }: { readonly self: SelfDocument }): ReactNode {
  const isRedacted = useRedacted();
  return (
    <>
      <div className="card card-body">
        <Facts
          entries={[
            ["Member", <code key="id">{visibleLine(self.member_id)}</code>],
            ["Runs since", <Moment key="since" at={self.started_at} />],
            ["Organization", self.organization === null ? undefined : visibleLine(self.organization)],
            ["Reached by the ring at", isRedacted ? undefined : <code key="at">{self.gossip_address}</code>],
            [
              "Traffic of the ring",
              self.encrypted === null ? undefined : self.encrypted ? "encrypted" : "not encrypted",
            ],
          ]}
        />
      </div>
      {!isRedacted && (
        <section className="card card-body stack" aria-labelledby="ring">
          <div className="row between">
            <h2 id="ring">Ring</h2>
            <Link to="/ring">Members</Link>
          </div>
          <MemberSummary counts={self.members} />
        </section>
      )}
    </>
  );
}
