// What packages uploaded from now on are visible to.
import type { ReactNode } from "react";
import {
  type Known,
  problemText,
  Select,
  Shown,
  Skeleton,
  send,
  useCache,
  useToast,
} from "../../shared/index.ts";
import { apiPath } from "../api/addresses.ts";
import type { Origin } from "../api/people.ts";
import { ofOrigin } from "../channels/addresses.ts";
import { useWrite } from "../session/write.tsx";

export interface VisibilitySectionProps {
  readonly origin: string;
  readonly about: Known<Origin>;
  readonly mayChange: boolean;
}

const TEXTS = { public: "Public: everybody", private: "Private: members only" } as const;

export function VisibilitySection({ origin, about, mayChange }: VisibilitySectionProps): ReactNode {
  const cache = useCache();
  const say = useToast();
  const save = useWrite(async (visibility: string, signal) => {
    await send(apiPath(["origins", origin]), {
      method: "PUT",
      json: { default_package_visibility: visibility },
      signal,
    });
    cache.refresh(ofOrigin(origin));
    say(`New packages of ${origin} are ${visibility}`);
  });
  return (
    <section className="section" aria-label="Visibility">
      <h2>New packages</h2>
      <p className="soft">
        Whom a package is visible to when its first release is uploaded. What is there already stays as it is.
      </p>
      <Shown known={about} skeleton={<Skeleton width="16rem" height="2.25rem" />}>
        {({ default_package_visibility: visibility }) =>
          mayChange && visibility !== "hidden" ? (
            <div className="narrow">
              <Select
                label="New packages are"
                isLabelHidden
                value={visibility}
                options={[
                  { value: "public", text: TEXTS.public },
                  { value: "private", text: TEXTS.private },
                ]}
                onChoice={(value) => void save.run(value)}
              />
              {save.problem !== undefined && (
                <p className="field-problem" role="alert">
                  {problemText(save.problem)}
                </p>
              )}
            </div>
          ) : (
            <p>{visibility === "hidden" ? "Hidden" : TEXTS[visibility]}</p>
          )
        }
      </Shown>
    </section>
  );
}
