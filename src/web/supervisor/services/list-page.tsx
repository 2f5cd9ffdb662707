// The services that are loaded on this member.
import type { ReactNode } from "react";
import { ListSkeleton, PageHead } from "../../shared/index.ts";
import { Told } from "../parts/told.tsx";
import { useDocuments, useTopic } from "../told/hooks.ts";
import { ServiceList } from "./service-list.tsx";

export default function ServicesPage(): ReactNode {
  const isTold = useTopic("services");
  return (
    <div className="page">
      <PageHead title="Services">
        <p className="lede">What is loaded on this member, running or not.</p>
      </PageHead>
      <Told isTold={isTold} skeleton={<ListSkeleton rows={4} />}>
        <ServiceList services={useDocuments("service")} />
      </Told>
    </div>
  );
}
