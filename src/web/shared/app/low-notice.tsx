// Over the lower edge of the window, where it moves nothing: that there is no connection, that the server does not answer, or that
// something shown could not be read again.
import { type ReactNode, useEffect, useState } from "react";
import { Button } from "../components/button.tsx";
import { Icon } from "../components/icon.tsx";
import { useCache, useOnline, useStaleProblem } from "../data/hooks.ts";
import { useLiveState } from "../live/live.tsx";

/** A loss that is over sooner is not worth a word. */
const PATIENCE_MS = 1_500;

/** One at a time: what explains the others. When the connection is back, what failed is tried again. */
export function LowNotice(): ReactNode {
  const isOnline = useOnline();
  const cache = useCache();
  const stale = useStaleProblem();
  const isLost = useForSome(useLiveState() === "lost", PATIENCE_MS);
  useEffect(() => {
    if (isOnline) cache.retryFailed();
  }, [isOnline, cache]);
  if (!isOnline)
    return (
      <Notice>
        You are offline. What you see is as it was last read; it is read again when the connection is back.
      </Notice>
    );
  if (stale === undefined && !isLost) return null;
  return (
    <Notice onRetry={() => cache.refresh()}>
      {stale === undefined ? "The server does not answer; it is tried again by itself" : stale.title}. What
      you see may be out of date.
    </Notice>
  );
}

interface NoticeProps {
  readonly onRetry?: () => void;
  readonly children: ReactNode;
}

function Notice({ onRetry, children }: NoticeProps): ReactNode {
  return (
    <div className="notice low-notice" role="status">
      <Icon name="cloudOff" />
      <span>{children}</span>
      {onRetry !== undefined && (
        <Button size="compact" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Whether something has been so for a while. */
function useForSome(isSo: boolean, ms: number): boolean {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (!isSo) return setLong(false);
    const timer = setTimeout(() => setLong(true), ms);
    return () => clearTimeout(timer);
  }, [isSo, ms]);
  return isSo && isLong;
}
