// A moment: how long ago, with the exact time on hover and on focus.
import { type ReactNode, useEffect, useId, useState } from "react";
import { exactTime, nextChangeMs, parseTime, relativeTime } from "./format.ts";

/** `at` is a time of the API or milliseconds since 1970. Text that is no time is shown as it is. */
export function Moment({ at }: { readonly at: string | number }): ReactNode {
  const moment = typeof at === "number" ? at : parseTime(at);
  const [now, setNow] = useState(Date.now);
  const [isShown, setShown] = useState(false);
  const id = useId();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the next change is counted from each
  useEffect(() => {
    if (moment === undefined) return;
    const timer = setTimeout(() => setNow(Date.now()), nextChangeMs(moment, Date.now()));
    return () => clearTimeout(timer);
  }, [moment, now]);
  if (moment === undefined) return <span>{at}</span>;
  const show = (): void => setShown(true);
  const hide = (): void => setShown(false);
  return (
    <span className="tip">
      <time
        dateTime={new Date(moment).toISOString()}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the exact time is for those without a pointer too
        tabIndex={0}
        aria-describedby={isShown ? id : undefined}
        onMouseEnter={show}
        onMouseLeave={hide}
        onFocus={show}
        onBlur={hide}
        onKeyDown={(event) => event.key === "Escape" && hide()}
      >
        {relativeTime(moment, now)}
      </time>
      {isShown && (
        <span role="tooltip" id={id} className="tip-text">
          {exactTime(moment)}
        </span>
      )}
    </span>
  );
}
