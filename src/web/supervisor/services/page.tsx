// One service: how it is, its configuration, its hooks, how its health went, what it is bound to.
import { type ReactNode, useRef } from "react";
import { Link, NotFound, PageHead, type PageProps, PageSkeleton, State, Tabs } from "../../shared/index.ts";
import { HealthBadge, ServiceBadge } from "../parts/badges.tsx";
import { Release } from "../parts/release.tsx";
import { Told } from "../parts/told.tsx";
import { visibleLine } from "../parts/visible.ts";
import { useDocument, useTopic } from "../told/hooks.ts";
import type { ServiceDetailDocument, ServiceDocument } from "../told/shapes.ts";
import { serviceTopic } from "../told/topics.ts";
import { BindsTab } from "./binds-tab.tsx";
import { ConfigTab } from "./config-tab.tsx";
import { HealthTab } from "./health-tab.tsx";
import { HooksTab } from "./hooks-tab.tsx";
import { StateTab } from "./state-tab.tsx";

const TABS = ["state", "config", "hooks", "health", "binds"] as const;
type TabName = (typeof TABS)[number];

export default function ServicePage({ params }: PageProps): ReactNode {
  const { name = "", tab = "state" } = params;
  const isTold = useTopic(serviceTopic(name));
  const service = useDocument("service", name);
  const detail = useDocument("detail", name);
  const wasThere = useRef(false);
  if (service !== undefined) wasThere.current = true;
  const current = TABS.find((each) => each === tab);
  if (current === undefined) return <NotFound />;
  return (
    <Told isTold={isTold || service !== undefined} skeleton={<PageSkeleton />}>
      {service === undefined ? (
        <Gone name={name} wasThere={wasThere.current} />
      ) : (
        <Shown service={service} detail={detail} tab={current} />
      )}
    </Told>
  );
}

function Gone({ name, wasThere }: { readonly name: string; readonly wasThere: boolean }): ReactNode {
  return (
    <div className="page">
      <PageHead title={visibleLine(name)} crumbs={[{ text: "Services", to: "/services" }]} />
      <State
        title={wasThere ? "This service has just been unloaded" : "No such service is loaded here"}
        action={
          <Link to="/services" className="button">
            Services of this member
          </Link>
        }
      >
        {wasThere
          ? "Its page comes back by itself if it is loaded again."
          : "It may run on another member: the pages of its group name them."}
      </State>
    </div>
  );
}

function Shown({
  service,
  detail,
  tab,
}: {
  readonly service: ServiceDocument;
  readonly detail: ServiceDetailDocument | undefined;
  readonly tab: TabName;
}): ReactNode {
  const base = `/services/${encodeURIComponent(service.name)}`;
  const to = (id: TabName) => (id === "state" ? base : `${base}/${id}`);
  return (
    <div className="page">
      <PageHead title={visibleLine(service.name)} crumbs={[{ text: "Services", to: "/services" }]}>
        <p className="row">
          <ServiceBadge service={service} />
          {service.desired_state === "up" && <HealthBadge health={service.health} />}
          <Release ident={service.package} />
        </p>
      </PageHead>
      <Tabs
        label="Parts of this service"
        current={tab}
        tabs={[
          { id: "state", title: "State", to: to("state") },
          { id: "config", title: "Configuration", to: to("config"), count: detail?.config?.values.length },
          { id: "hooks", title: "Hooks", to: to("hooks"), count: detail?.hooks.length },
          { id: "health", title: "History", to: to("health") },
          { id: "binds", title: "Binds", to: to("binds"), count: detail?.binds.length },
        ]}
      />
      <TabContent service={service} detail={detail} tab={tab} />
    </div>
  );
}

function TabContent({
  service,
  detail,
  tab,
}: {
  readonly service: ServiceDocument;
  readonly detail: ServiceDetailDocument | undefined;
  readonly tab: TabName;
}): ReactNode {
  if (tab === "health") return <HealthTab service={service} />;
  if (detail === undefined) return <PageSkeleton />;
  switch (tab) {
    case "state":
      return <StateTab service={service} detail={detail} />;
    case "config":
      return <ConfigTab config={detail.config} />;
    case "hooks":
      return <HooksTab hooks={detail.hooks} />;
    case "binds":
      return <BindsTab binds={detail.binds} mode={detail.binding_mode} />;
  }
}
