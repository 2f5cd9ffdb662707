// All versions of a package, newest first: a table, or, where there are hundreds, a list of which only what is in sight exists.
import { type ReactNode, useState } from "react";
import {
  Badge,
  Field,
  Link,
  Moment,
  numberText,
  releaseTime,
  State,
  Table,
  VirtualList,
} from "../../shared/index.ts";
import { pageOf } from "../api/addresses.ts";
import type { Version } from "../api/types.ts";
import { IdentText } from "../ident/ident-text.tsx";
import { targetWords } from "../ident/parse.ts";
import { VisibilityBadge } from "../ident/visibility.tsx";

/** Beyond this the browser is spared rows that nobody sees. */
const MAX_TABLE_ROWS = 100;

export function VersionList({ versions }: { readonly versions: readonly Version[] }): ReactNode {
  const [words, setWords] = useState("");
  if (versions.length <= MAX_TABLE_ROWS)
    return (
      <Table
        caption="Versions, newest first"
        rows={versions}
        keyOf={(row) => `${row.version} ${row.visibility}`}
        columns={[
          { title: "Version", isLead: true, cell: (row) => <VersionLink version={row} /> },
          { title: "Platforms", cell: (row) => row.platforms.map(targetWords).join(", ") },
          { title: "Releases", isEnd: true, cell: (row) => numberText(Number(row.release_count)) },
          {
            title: "Newest",
            isEnd: true,
            cell: (row) => <Moment at={releaseTime(row.latest) ?? row.latest} />,
          },
        ]}
      />
    );
  const shown = versions.filter(({ version }) => version.includes(words.trim()));
  return (
    <>
      <div className="card-body">
        <Field
          label="Narrow down"
          placeholder="Part of a version"
          value={words}
          onText={setWords}
          maxLength={255}
        />
      </div>
      {shown.length === 0 ? (
        <State title="No version has this in it" icon="search" />
      ) : (
        <VirtualList
          label={`${shown.length} versions, newest first`}
          rows={shown}
          keyOf={(row) => `${row.version} ${row.visibility}`}
          rowRem={2.75}
          maxRows={14}
          render={(row) => (
            <>
              <span className="grow">
                <VersionLink version={row} />
              </span>
              <span className="soft small wide-only">{row.platforms.map(targetWords).join(", ")}</span>
              <span className="soft small">
                <Moment at={releaseTime(row.latest) ?? row.latest} />
              </span>
            </>
          )}
        />
      )}
    </>
  );
}

function VersionLink({ version }: { readonly version: Version }): ReactNode {
  // The one release of a version is what people want; more than one are a list of their own.
  const isOne = version.release_count === "1";
  return (
    <span className="row">
      <Link to={pageOf(isOne ? { ...version, release: version.latest } : { ...version, release: null })}>
        <IdentText ident={{ ...version, release: null }} from="version" strong="version" />
      </Link>
      <VisibilityBadge visibility={version.visibility} />
      {!isOne && <Badge>{version.release_count} releases</Badge>}
    </span>
  );
}
