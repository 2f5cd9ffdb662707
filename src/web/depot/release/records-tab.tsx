// The records of a build: where it comes from, and what is in it (docs/reproducible-builds.md). Documents of a package are
// made by whoever, so they are read as unknown, and whatever does not fit is shown as text.
import type { ReactNode } from "react";
import {
  Facts,
  type Known,
  ListSkeleton,
  numberText,
  Shown,
  State,
  Table,
  useJson,
} from "../../shared/index.ts";
import { apiPath } from "../api/addresses.ts";
import type { Contents, FullIdent } from "../api/types.ts";
import { billRows, provenanceFacts } from "./records.ts";

export interface RecordsTabProps {
  readonly contents: Known<Contents>;
  readonly ident: FullIdent;
  readonly target: string;
}

export default function RecordsTab({ contents, ident, target }: RecordsTabProps): ReactNode {
  return (
    <Shown known={contents} skeleton={<ListSkeleton rows={8} />}>
      {({ records }) =>
        records.length === 0 ? (
          <State title="This package has no records">
            It was built without a bill of materials and provenance.
          </State>
        ) : (
          <div className="stack">
            {records.includes("provenance") && <Provenance ident={ident} target={target} />}
            {records.includes("sbom") && <Bill ident={ident} target={target} />}
          </div>
        )
      }
    </Shown>
  );
}

type RecordProps = Omit<RecordsTabProps, "contents">;

function recordAddress(
  { origin, name, version, release }: FullIdent,
  target: string,
  record: string,
): string {
  return apiPath(["pkgs", origin, name, version, release, "records", record], { target });
}

function Provenance({ ident, target }: RecordProps): ReactNode {
  const address = recordAddress(ident, target, "provenance");
  const known = useJson<unknown>(address);
  return (
    <section className="section" aria-labelledby="provenance">
      <div className="row between">
        <h2 id="provenance">Provenance</h2>
        <a className="small" href={address} download={`${ident.name}-${ident.version}-provenance.json`}>
          Save as JSON
        </a>
      </div>
      <div className="card card-body">
        <Shown known={known} skeleton={<ListSkeleton rows={4} />}>
          {(document) => {
            const facts = provenanceFacts(document);
            return facts.length === 0 ? (
              <p className="soft">It says nothing these pages can read. Save it to see all of it.</p>
            ) : (
              <Facts entries={facts.map(([term, value]) => [term, <bdi key={term}>{value}</bdi>])} />
            );
          }}
        </Shown>
      </div>
    </section>
  );
}

function Bill({ ident, target }: RecordProps): ReactNode {
  const address = recordAddress(ident, target, "sbom");
  const known = useJson<unknown>(address);
  return (
    <section className="section" aria-labelledby="bill">
      <div className="row between">
        <h2 id="bill">Bill of materials</h2>
        <a className="small" href={address} download={`${ident.name}-${ident.version}-sbom.spdx.json`}>
          Save as SPDX
        </a>
      </div>
      <div className="card">
        <Shown known={known} skeleton={<ListSkeleton rows={6} />}>
          {(document) => {
            const { rows, leftOut } = billRows(document);
            return (
              <>
                <Table
                  caption="What the package is made of"
                  rows={rows}
                  keyOf={(row) => row.key}
                  columns={[
                    { title: "Name", isLead: true, cell: (row) => <bdi>{row.name}</bdi> },
                    { title: "Version", cell: (row) => <bdi>{row.version}</bdi> },
                    { title: "License", cell: (row) => <bdi>{row.license}</bdi> },
                  ]}
                />
                {leftOut > 0 && (
                  <p className="card-body soft small">{numberText(leftOut)} more are in the document.</p>
                )}
              </>
            );
          }}
        </Shown>
      </div>
    </section>
  );
}
