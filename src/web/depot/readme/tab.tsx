// The read-me of a package; where it has none, what its plan says of it.
import type { ReactNode } from "react";
import { type Known, ListSkeleton, Shown, State } from "../../shared/index.ts";
import type { Contents } from "../api/types.ts";
import { manifestFacts } from "../release/manifest.ts";
import { Markdown } from "./markdown.tsx";

export default function ReadMeTab({ contents }: { readonly contents: Known<Contents> }): ReactNode {
  return (
    <Shown known={contents} skeleton={<ListSkeleton rows={10} />}>
      {({ readme, manifest }) => {
        if (readme === null) {
          const { description } = manifestFacts(manifest);
          return (
            <State title="No read-me" icon="file">
              {description === "" ? "The package has none." : description}
            </State>
          );
        }
        const isMarkdown = /\.(md|markdown)$/i.test(readme.path);
        return (
          <article className="card card-body readme" aria-label={readme.path}>
            {isMarkdown ? <Markdown text={readme.text} /> : <pre dir="auto">{readme.text}</pre>}
            {readme.is_cut && <p className="soft">It goes on; the rest is in the package ({readme.path}).</p>}
          </article>
        );
      }}
    </Shown>
  );
}
