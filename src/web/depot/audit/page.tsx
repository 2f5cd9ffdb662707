// Everything that was changed in an origin: when, who, what, from where.
import type { ReactNode } from "react";
import { ListSkeleton, Moment, type PageProps, Shown, State, Table } from "../../shared/index.ts";
import { apiPath } from "../api/addresses.ts";
import type { AuditEntry } from "../api/people.ts";
import { MoreButton } from "../lists/more-button.tsx";
import { useMore } from "../lists/use-more.ts";
import { OriginPage } from "../origin/origin-page.tsx";
import { operationText, subjectText } from "./operations.ts";

export default function AuditPage({ params }: PageProps): ReactNode {
  const origin = params["origin"] ?? "";
  const more = useMore<AuditEntry>((words) => apiPath(["origins", origin, "audit"], words));
  return (
    <OriginPage origin={origin} current="audit" title="Audit">
      <Shown known={more.known} skeleton={<ListSkeleton rows={10} />}>
        {(list) =>
          list.items.length === 0 ? (
            <State title="Nothing has been changed" icon="clock">
              Every change in {origin} will be noted here.
            </State>
          ) : (
            <>
              <div className="card">
                <Table
                  caption={`What was changed in ${origin}, newest first`}
                  rows={list.items}
                  keyOf={({ id }) => id}
                  columns={[
                    { title: "What", isLead: true, cell: (entry) => <What entry={entry} /> },
                    {
                      title: "Who",
                      cell: ({ account_name }) => <bdi className="at-least">{account_name}</bdi>,
                    },
                    {
                      title: "From",
                      cell: (entry) => <span className="soft at-least">{fromText(entry)}</span>,
                    },
                    { title: "When", cell: ({ at }) => <Moment at={at} /> },
                  ]}
                />
              </div>
              <MoreButton list={list} more={more} />
            </>
          )
        }
      </Shown>
    </OriginPage>
  );
}

function What({ entry }: { readonly entry: AuditEntry }): ReactNode {
  const { operation, subject, channel, details } = entry;
  const text = subjectText(entry);
  const hasDetails = Object.keys(details).length > 0;
  return (
    <div className="stacked">
      <span>
        <strong>{operationText(operation)}</strong>
        {text !== "" && " "}
        <bdi>{text}</bdi>
        {channel !== null && channel !== subject && (
          <>
            {" "}
            <span className="soft">in</span> <bdi>{channel}</bdi>
          </>
        )}
      </span>
      {hasDetails && (
        <details className="small">
          <summary>Details</summary>
          <pre className="code-block">{JSON.stringify(details, null, 2)}</pre>
        </details>
      )}
    </div>
  );
}

const TRIGGERS: Readonly<Record<string, string>> = {
  hab_client: "hab",
  builder_ui: "these pages",
  command: "the depot's machine",
  "sign-in": "sign-in",
};

function fromText({ trigger, address }: AuditEntry): string {
  const by = TRIGGERS[trigger];
  return [address, by].filter((part) => part !== undefined && part !== "").join(", ");
}
