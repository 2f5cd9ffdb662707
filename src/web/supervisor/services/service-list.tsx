// Services with what matters of each.
import type { ReactNode } from "react";
import { Link, Moment, State, Table } from "../../shared/index.ts";
import { HealthBadge, ServiceBadge } from "../parts/badges.tsx";
import { ShortRelease } from "../parts/release.tsx";
import { visibleLine } from "../parts/visible.ts";
import type { ServiceDocument } from "../told/shapes.ts";

export function ServiceList({ services }: { readonly services: readonly ServiceDocument[] }): ReactNode {
  if (services.length === 0)
    return (
      <State title="No service is loaded">
        Load one with <code>hab svc load ORIGIN/NAME</code>: it appears here by itself.
      </State>
    );
  const sorted = services.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return (
    <div className="card">
      <Table
        caption="Services of this member"
        rows={sorted}
        keyOf={({ name }) => name}
        columns={[
          {
            title: "Service",
            isLead: true,
            cell: (service) => (
              <Link to={`/services/${encodeURIComponent(service.name)}`}>
                <bdi>{visibleLine(service.service_group)}</bdi>
              </Link>
            ),
          },
          { title: "State", cell: (service) => <ServiceBadge service={service} /> },
          {
            title: "Health",
            cell: ({ desired_state, health }) =>
              desired_state === "up" ? <HealthBadge health={health} /> : <span className="soft">–</span>,
          },
          { title: "Release", cell: (service) => <ShortRelease ident={service.package} /> },
          { title: "Since", isEnd: true, cell: (service) => <Moment at={service.since} /> },
        ]}
      />
    </div>
  );
}
