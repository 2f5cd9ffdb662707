// Configuration and plan: text as it is in the package.
import type { ReactNode } from "react";
import { CopyButton, type Known, ListSkeleton, Shown, State } from "../../shared/index.ts";
import type { Contents } from "../api/types.ts";
import { manifestFacts } from "./manifest.ts";

export interface TextTabProps {
  readonly contents: Known<Contents>;
  readonly kind: "config" | "plan";
}

const WORDS = {
  config: {
    title: "Defaults of the configuration",
    empty: "This package has nothing to configure",
    hint: "It holds no default.toml.",
  },
  plan: { title: "The plan it was built from", empty: "The package does not hold its plan", hint: "" },
} as const;

export default function TextTab({ contents, kind }: TextTabProps): ReactNode {
  const words = WORDS[kind];
  return (
    <Shown known={contents} skeleton={<ListSkeleton rows={10} />}>
      {(known) => {
        const text = kind === "config" ? known.config : manifestFacts(known.manifest).plan;
        if (text === "") return <State title={words.empty}>{words.hint}</State>;
        return (
          <section className="section" aria-labelledby={`${kind}-title`}>
            <div className="row between">
              <h2 id={`${kind}-title`}>{words.title}</h2>
              <CopyButton text={text} label="Copy all of it" />
            </div>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
            <pre className="code-block" tabIndex={0} dir="ltr">
              {text}
            </pre>
          </section>
        );
      }}
    </Shown>
  );
}
