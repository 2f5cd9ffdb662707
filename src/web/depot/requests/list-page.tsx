// Requests for promotions in an origin: what waits for whom, and what became of the others.
import type { ReactNode } from "react";
import {
  Link,
  ListSkeleton,
  Moment,
  type PageProps,
  Select,
  Shown,
  State,
  useJson,
  useQueryWords,
} from "../../shared/index.ts";
import { type PromotionRequest, REQUEST_STATES } from "../api/channels.ts";
import { countText } from "../channels/actions.ts";
import { channelsApi, requestPage, requestsApi } from "../channels/addresses.ts";
import { MoreButton } from "../lists/more-button.tsx";
import { useMore } from "../lists/use-more.ts";
import { OriginPage } from "../origin/origin-page.tsx";
import { RequestBadge, stateText } from "./states.tsx";

const ALL = "all";

export default function RequestsPage({ params, query }: PageProps): ReactNode {
  const origin = params["origin"] ?? "";
  const setWords = useQueryWords();
  const wanted = query.get("state") ?? "open";
  const state = wanted === ALL ? undefined : (REQUEST_STATES.find((each) => each === wanted) ?? "open");
  const channel = query.get("channel") ?? undefined;
  const channels = useJson<readonly { readonly name: string }[]>(channelsApi(origin));
  const more = useMore<PromotionRequest>((words) => requestsApi(origin, [], { state, channel, ...words }));
  return (
    <OriginPage origin={origin} current="requests" title="Requests">
      <div className="filters">
        <Select
          label="State"
          value={state ?? ALL}
          options={[
            ...REQUEST_STATES.map((each) => ({ value: each, text: stateText(each) })),
            { value: ALL, text: "All" },
          ]}
          onChoice={(value) => setWords({ state: value === "open" ? undefined : value })}
        />
        <Select
          label="Channel"
          value={channel ?? ""}
          options={[
            { value: "", text: "All channels" },
            ...(channels.data ?? []).map(({ name }) => ({ value: name, text: name })),
          ]}
          onChoice={(value) => setWords({ channel: value })}
        />
      </div>
      <Shown known={more.known} skeleton={<ListSkeleton rows={5} />}>
        {(list) =>
          list.items.length === 0 ? (
            <State title={state === "open" ? "Nothing waits" : "No such requests"} icon="check">
              A promotion to a channel with approvals becomes a request, and is found here until it is
              decided.
            </State>
          ) : (
            <>
              <ul className="list card" aria-label="Requests">
                {list.items.map((request) => (
                  <li key={request.id}>
                    <RequestRow request={request} />
                  </li>
                ))}
              </ul>
              <MoreButton list={list} more={more} />
            </>
          )
        }
      </Shown>
    </OriginPage>
  );
}

function RequestRow({ request }: { readonly request: PromotionRequest }): ReactNode {
  const { id, origin, from, to, count, requested_by, at, state, needed, approvals } = request;
  const counted = approvals.filter(({ counts }) => counts).length;
  return (
    <Link to={requestPage(origin, id)} className="list-row request-row">
      <span className="stacked">
        <strong>
          {countText(count)} {from === null ? "" : `from ${from} `}to {to}
        </strong>
        <span className="soft small">
          Asked by <bdi>{requested_by}</bdi>, <Moment at={at} />
        </span>
      </span>
      <span className="row">
        {state === "open" && needed !== null && (
          <span className="soft small number">
            {counted} of {needed} {needed === 1 ? "approval" : "approvals"}
          </span>
        )}
        <RequestBadge state={state} />
      </span>
    </Link>
  );
}
