// What was sent to a webhook, how its receiver took it, and sending it once more.
import { type ReactNode, useEffect } from "react";
import {
  Badge,
  type BadgeLook,
  Button,
  ListSkeleton,
  Moment,
  Shown,
  send,
  Table,
  useCache,
  useToast,
} from "../../shared/index.ts";
import { ofOrigin } from "../channels/addresses.ts";
import { MoreButton } from "../lists/more-button.tsx";
import { useMore } from "../lists/use-more.ts";
import { useWrite } from "../session/write.tsx";

export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly state: "pending" | "delivered" | "failed" | "dropped";
  readonly attempts: number;
  readonly status: number | null;
  readonly error: string;
  readonly created_at: string;
  readonly due_at: string | null;
}

/** Between two looks at deliveries that wait for an answer. */
const LOOK_MS = 2_000;

const LOOKS: Readonly<Record<Delivery["state"], BadgeLook | undefined>> = {
  pending: "accent",
  delivered: "good",
  failed: "bad",
  dropped: undefined,
};

export function Deliveries({
  address,
  origin,
}: {
  readonly address: string;
  readonly origin: string;
}): ReactNode {
  const cache = useCache();
  const say = useToast();
  const more = useMore<Delivery>((words) => {
    const query = new URLSearchParams(Object.entries(words).map(([name, value]) => [name, String(value)]));
    return `${address}/deliveries?${query}`;
  });
  const again = useWrite(async (id: string, signal) => {
    await send(`${address}/deliveries/${encodeURIComponent(id)}/redeliver`, {
      method: "POST",
      json: {},
      signal,
    });
    say("It is sent again");
    cache.refresh(ofOrigin(origin));
  });
  const isWaiting = more.known.data?.items.some(({ state }) => state === "pending") === true;
  // Nobody tells of deliveries: while one is under way its page looks itself.
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setInterval(() => cache.refresh((key) => key.startsWith(`${address}/`)), LOOK_MS);
    return () => clearInterval(timer);
  }, [isWaiting, cache, address]);
  return (
    <Shown known={more.known} skeleton={<ListSkeleton rows={2} />}>
      {(list) =>
        list.items.length === 0 ? (
          <p className="soft small">Nothing was sent yet.</p>
        ) : (
          <>
            <Table
              caption="Deliveries, newest first"
              rows={list.items}
              keyOf={({ id }) => id}
              columns={[
                { title: "Event", isLead: true, cell: ({ event }) => event },
                { title: "State", cell: ({ state }) => <Badge look={LOOKS[state]}>{state}</Badge> },
                {
                  title: "Answer",
                  cell: ({ status, error }) => (
                    <span className="soft small" dir="auto">
                      {[status, error].filter((part) => part !== null && part !== "").join(" ")}
                    </span>
                  ),
                },
                { title: "When", cell: ({ created_at }) => <Moment at={created_at} /> },
                {
                  title: "Again",
                  isEnd: true,
                  cell: ({ id, event }) => (
                    <Button
                      size="compact"
                      aria-label={`Send ${event} again`}
                      isBusy={again.isRunning}
                      onClick={() => void again.run(id)}
                    >
                      Send again
                    </Button>
                  ),
                },
              ]}
            />
            <MoreButton list={list} more={more} />
          </>
        )
      }
    </Shown>
  );
}
