// What is inside a release: its directories by size, to be opened; its files, to be found by part of their path.
import { type ReactNode, useMemo, useState } from "react";
import {
  Icon,
  type Known,
  ListSkeleton,
  numberText,
  SearchField,
  Shown,
  State,
  sizeText,
  VirtualList,
} from "../../shared/index.ts";
import type { Contents } from "../api/types.ts";
import { foundRows, modeText, openRows, type Row, treeOf } from "./tree.ts";

export default function ContentsTab({ contents }: { readonly contents: Known<Contents> }): ReactNode {
  return (
    <Shown known={contents} skeleton={<ListSkeleton rows={12} />}>
      {(known) => <Tree contents={known} />}
    </Shown>
  );
}

function Tree({ contents }: { readonly contents: Contents }): ReactNode {
  const [words, setWords] = useState("");
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const tree = useMemo(() => treeOf(contents.files), [contents]);
  const rows = useMemo(
    () => (words.trim() === "" ? openRows(tree, open) : foundRows(contents.files, words)),
    [tree, open, words, contents],
  );
  const toggle = (path: string): void =>
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(path)) after.add(path);
      return after;
    });
  const leftOut = contents.file_count - contents.files.length;
  return (
    <section className="section" aria-label="Contents">
      <div className="row between">
        <p className="soft small number" role="status">
          {numberText(contents.file_count)} files, {sizeText(contents.total_bytes)}
          {words.trim() !== "" && `, ${numberText(rows.length)} found`}
          {leftOut > 0 && `; ${numberText(leftOut)} are not listed`}
        </p>
        <div className="contents-search">
          <SearchField
            label="Find a file"
            placeholder="Find a file"
            value={words}
            onText={setWords}
            maxLength={255}
          />
        </div>
      </div>
      <div className="card">
        {rows.length === 0 ? (
          <State
            title={words.trim() === "" ? "The package is empty" : "No file has this in its path"}
            icon="file"
          />
        ) : (
          <VirtualList
            label="Files and directories"
            rows={rows}
            keyOf={(row) => row.path}
            rowRem={2.25}
            maxRows={18}
            render={(row) => (
              <Entry row={row} total={contents.total_bytes} isOpen={open.has(row.path)} onToggle={toggle} />
            )}
          />
        )}
      </div>
    </section>
  );
}

interface EntryProps {
  readonly row: Row;
  readonly total: number;
  readonly isOpen: boolean;
  readonly onToggle: (path: string) => void;
}

function Entry({ row, total, isOpen, onToggle }: EntryProps): ReactNode {
  const share = total === 0 ? 0 : row.size / total;
  return (
    <>
      <span className="entry" style={{ paddingInlineStart: `${row.depth * 1.25}rem` }}>
        {row.file === undefined ? (
          <button type="button" aria-expanded={isOpen} onClick={() => onToggle(row.path)}>
            <Icon name={isOpen ? "down" : "right"} size={14} />
            <Icon name="folder" size={16} />
            <bdi>{row.name}</bdi>
          </button>
        ) : (
          <span className="entry-file">
            <Icon name={row.file.kind === "symlink" ? "link" : "file"} size={16} />
            <bdi title={row.file.path}>{row.name}</bdi>
            {row.file.link !== null && <span className="soft"> → {row.file.link}</span>}
          </span>
        )}
      </span>
      <span className="soft small number wide-only">
        {row.file === undefined ? (
          `${numberText(row.fileCount ?? 0)} ${row.fileCount === 1 ? "file" : "files"}`
        ) : (
          <code>{modeText(row.file.mode)}</code>
        )}
      </span>
      <span className="share wide-only" aria-hidden="true">
        <span style={{ width: `${Math.max(share * 100, share > 0 ? 1 : 0)}%` }} />
      </span>
      <span className="small number entry-size">
        {row.file?.kind === "symlink" ? "–" : sizeText(row.size)}
      </span>
    </>
  );
}
