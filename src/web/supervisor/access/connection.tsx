// Whether what is shown is current, and what is being done about it where it is not.
import { type ReactNode, useEffect, useState } from "react";
import { Button, Icon } from "../../shared/index.ts";
import { useConnection, useHello, useSession } from "../told/hooks.ts";
import type { Connection } from "../told/session.ts";

const MARKS: Readonly<Record<Connection["kind"], { readonly text: string; readonly look: string }>> = {
  connecting: { text: "Connecting", look: "" },
  live: { text: "Live", look: "live-on" },
  lost: { text: "Reconnecting", look: "live-lost" },
  paused: { text: "Paused", look: "" },
  locked: { text: "Locked", look: "live-off" },
};

/** At the end of the bar; as wide as its longest word, so that nothing moves. */
export function ConnectionMark(): ReactNode {
  const { text, look } = MARKS[useConnection().kind];
  return (
    <span className={`live connection-mark ${look}`} role="status">
      {text}
    </span>
  );
}

/** A loss that is over sooner is not worth a word. */
const PATIENCE_MS = 1_200;

/** Over the foot of the page while the connection is lost, so that what is read does not move. */
export function ConnectionNotice(): ReactNode {
  const session = useSession();
  const connection = useConnection();
  const hello = useHello();
  const isLost = connection.kind === "lost";
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    if (!isLost) return setShown(false);
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isLost]);
  if (!isShown || connection.kind !== "lost") return null;
  return (
    <div className="notice low-notice connection-notice" role="alert">
      <Icon name="cloudOff" />
      <span>
        The connection is lost: {connection.why}.{" "}
        {hello === undefined ? (
          "Nothing has been told yet."
        ) : (
          <>
            What you see is as of{" "}
            <time dateTime={new Date(connection.since).toISOString()}>
              {new Date(connection.since).toLocaleTimeString()}
            </time>
            .
          </>
        )}{" "}
        It is tried again by itself.
      </span>
      <Button size="compact" onClick={() => session.retry()}>
        Try now
      </Button>
    </div>
  );
}
