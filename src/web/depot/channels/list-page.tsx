// The channels of an origin, with how much is in each and what was last done to it.
import { type ReactNode, useState } from "react";
import {
  Button,
  Link,
  ListSkeleton,
  Moment,
  numberText,
  type PageProps,
  SearchField,
  Shown,
  State,
  useJson,
  VirtualList,
} from "../../shared/index.ts";
import type { Change } from "../api/channels.ts";
import type { Ident, Page } from "../api/types.ts";
import { OriginPage } from "../origin/origin-page.tsx";
import { reaches, useRole } from "../session/session.ts";
import { changeText } from "./actions.ts";
import { channelApi, channelPage, channelsApi } from "./addresses.ts";
import { NewChannelDialog } from "./new-channel.tsx";

/** From so many on, one looks for a channel by its name. */
const MANY = 12;

export default function ChannelsPage({ params }: PageProps): ReactNode {
  const origin = params["origin"] ?? "";
  const role = useRole(origin);
  const [isAdding, setAdding] = useState(false);
  const channels = useJson<readonly { readonly name: string }[]>(channelsApi(origin));
  return (
    <OriginPage
      origin={origin}
      current="channels"
      title="Channels"
      actions={
        reaches(role, "maintainer") && (
          <Button look="primary" onClick={() => setAdding(true)}>
            New channel
          </Button>
        )
      }
    >
      <p className="lede">
        A channel is the set of releases that is on offer under its name. Uploads come to unstable; what is
        promoted from there to stable is what most installations follow.
      </p>
      <Shown known={channels} skeleton={<ListSkeleton rows={4} />}>
        {(list) =>
          list.length === 0 ? (
            <State title="No channels" icon="layers">
              There is no origin {origin}, or it has no channels.
            </State>
          ) : (
            <ChannelList
              origin={origin}
              names={list.map(({ name }) => name)}
              isMember={reaches(role, "readonly_member")}
            />
          )
        }
      </Shown>
      {isAdding && <NewChannelDialog origin={origin} onClose={() => setAdding(false)} />}
    </OriginPage>
  );
}

interface ChannelListProps {
  readonly origin: string;
  readonly names: readonly string[];
  readonly isMember: boolean;
}

function ChannelList({ origin, names, isMember }: ChannelListProps): ReactNode {
  const [wanted, setWanted] = useState("");
  const shown = ordered(names).filter((name) => name.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <div className="stack">
      {names.length > MANY && (
        <SearchField label="Find a channel" placeholder="Find a channel" value={wanted} onText={setWanted} />
      )}
      {shown.length === 0 ? (
        <p className="soft" role="status">
          No channel has this in its name.
        </p>
      ) : (
        <div className="card">
          <VirtualList
            label={`Channels of ${origin}`}
            rows={shown}
            keyOf={(name) => name}
            rowRem={3.5}
            maxRows={12}
            render={(channel) => <ChannelRow origin={origin} channel={channel} isMember={isMember} />}
          />
        </div>
      )}
    </div>
  );
}

/** What matters most first: stable, unstable, then the others as the API orders them. */
function ordered(names: readonly string[]): readonly string[] {
  const first = ["stable", "unstable"].filter((name) => names.includes(name));
  return [...first, ...names.filter((name) => !first.includes(name))];
}

interface ChannelRowProps {
  readonly origin: string;
  readonly channel: string;
  readonly isMember: boolean;
}

function ChannelRow({ origin, channel, isMember }: ChannelRowProps): ReactNode {
  const held = useJson<Page<Ident>>(channelApi({ origin, channel }, ["pkgs"], { range: 0 }));
  const history = useJson<Page<Change>>(
    isMember ? channelApi({ origin, channel }, ["history"], { range: 0 }) : undefined,
  );
  const last = history.data?.data[0];
  const count = held.data?.total_count;
  return (
    <>
      <Link to={channelPage({ origin, channel })} className="grow channel-name" title={channel} dir="auto">
        {channel}
      </Link>
      {last !== undefined && (
        <span className="soft small wide-only">
          {changeText(last)} · <Moment at={last.at} />
        </span>
      )}
      <span className="number count">
        {count === undefined ? "" : `${numberText(count)} ${count === 1 ? "release" : "releases"}`}
      </span>
    </>
  );
}
