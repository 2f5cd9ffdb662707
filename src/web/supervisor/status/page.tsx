// The services of this member.
import type { ReactNode } from "react";
import { ListSkeleton, PageHead, Shown, State, useJson } from "../../shared/index.ts";

interface Service {
  readonly service_group: string;
  readonly pkg: { readonly ident: string };
}

export default function StatusPage(): ReactNode {
  const services = useJson<readonly Service[]>("/services");
  return (
    <div className="page">
      <PageHead title="Services" />
      <Shown known={services} skeleton={<ListSkeleton rows={3} />}>
        {(loaded) =>
          loaded.length === 0 ? (
            <State title="No service is loaded">Load one with: hab svc load ORIGIN/NAME</State>
          ) : (
            <ul className="list card">
              {loaded.map((service) => (
                <li key={service.service_group} className="list-row">
                  <span>{service.service_group}</span>
                  <code>{service.pkg.ident}</code>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </div>
  );
}
