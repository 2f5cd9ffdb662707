// What stands around every page of the Supervisor: whose pages these are, whether they are live, and the question for the token.
import type { ReactNode } from "react";
import { Frame } from "../shared/index.ts";
import { ConnectionMark, ConnectionNotice } from "./access/connection.tsx";
import { TokenPage } from "./access/token-page.tsx";
import { visibleLine } from "./parts/visible.ts";
import { useConnection, useDocument, useTopic } from "./told/hooks.ts";

const LINKS = [
  { text: "Overview", to: "/" },
  { text: "Services", to: "/services", under: "/services" },
  { text: "Groups", to: "/groups", under: "/groups" },
  { text: "Ring", to: "/ring" },
  { text: "Events", to: "/events" },
] as const;

export function Shell({ children }: { readonly children: ReactNode }): ReactNode {
  useTopic("self");
  const connection = useConnection();
  const self = useDocument("self", "");
  return (
    <Frame
      name="Supervisor"
      links={LINKS}
      end={<ConnectionMark />}
      live={<Whose />}
      notice={<ConnectionNotice />}
      foot={self === undefined ? undefined : <span>hab {visibleLine(self.version)}, read-only</span>}
    >
      {connection.kind === "locked" ? <TokenPage refused={connection.refused} /> : children}
    </Frame>
  );
}

/** In the foot: which member this is. */
function Whose(): ReactNode {
  const self = useDocument("self", "");
  if (self === undefined) return <span>Member of a ring</span>;
  return (
    <span>
      <bdi>{visibleLine(self.hostname)}</bdi>, member <code>{visibleLine(self.member_id)}</code>
    </span>
  );
}
