// What a service is bound to, and whether that gives what it needs.
import type { ReactNode } from "react";
import { Badge, type BadgeLook, Link, State, Table } from "../../shared/index.ts";
import { MemberName } from "../parts/member-name.tsx";
import { Hidden, useRedacted } from "../parts/told.tsx";
import { visibleLine } from "../parts/visible.ts";
import type { BindDocument } from "../told/shapes.ts";

const STATUS: Readonly<Record<BindDocument["status"], { readonly text: string; readonly look?: BadgeLook }>> =
  {
    satisfied: { text: "satisfied", look: "good" },
    empty: { text: "nobody is alive", look: "bad" },
    "not-present": { text: "no such group", look: "bad" },
    "missing-exports": { text: "exports are missing", look: "bad" },
    unbound: { text: "not bound" },
  };

export function BindsTab({
  binds,
  mode,
}: {
  readonly binds: readonly BindDocument[];
  readonly mode: string;
}): ReactNode {
  const isRedacted = useRedacted();
  if (isRedacted) return <Hidden what="what its services are bound to" />;
  if (binds.length === 0) return <State title="It needs no other service">Its package has no binds.</State>;
  return (
    <div className="stack">
      <p className="soft">
        {mode === "strict"
          ? "Binding is strict: it starts when what is required is there."
          : "Binding is relaxed: it starts without what it is bound to."}
      </p>
      <div className="card">
        <Table
          caption="Binds of this service"
          rows={binds}
          keyOf={({ name }) => name}
          columns={[
            {
              title: "Bind",
              isLead: true,
              cell: ({ name, required }) => (
                <span className="row">
                  <code dir="auto">{visibleLine(name)}</code>
                  {!required && <span className="soft small">optional</span>}
                </span>
              ),
            },
            {
              title: "Group",
              cell: ({ service_group }) =>
                service_group === null ? (
                  <span className="soft">–</span>
                ) : (
                  <Link to={`/groups/${encodeURIComponent(service_group)}`}>
                    <bdi>{visibleLine(service_group)}</bdi>
                  </Link>
                ),
            },
            {
              title: "Status",
              cell: ({ status }) => <Badge look={STATUS[status].look}>{STATUS[status].text}</Badge>,
            },
            {
              title: "Needs",
              cell: ({ exports, missing }) =>
                exports.length === 0 ? (
                  <span className="soft">nothing</span>
                ) : (
                  <span className="row">
                    {exports.map((name) => (
                      <Badge key={name} look={missing.includes(name) ? "bad" : undefined}>
                        {missing.includes(name) ? `${visibleLine(name)} is missing` : visibleLine(name)}
                      </Badge>
                    ))}
                  </span>
                ),
            },
            {
              title: "Given by",
              cell: ({ first, first_host, serving, members }) =>
                first === null ? (
                  <span className="soft">nobody</span>
                ) : (
                  <span className="row">
                    <MemberName id={first} hostname={first_host ?? ""} />
                    <span className="soft small">
                      {serving} of {members} serve
                    </span>
                  </span>
                ),
            },
          ]}
        />
      </div>
    </div>
  );
}
