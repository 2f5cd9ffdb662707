// Deleting a channel, which takes nothing out of the depot.
import type { ReactNode } from "react";
import { Dialog, send, useCache, useRouter, useToast } from "../../shared/index.ts";
import { originPage } from "../api/addresses.ts";
import { useWrite } from "../session/write.tsx";
import { countText } from "./actions.ts";
import { channelApi, ofOrigin } from "./addresses.ts";

export interface DeleteChannelDialogProps {
  readonly origin: string;
  readonly channel: string;
  /** Releases in it. */
  readonly count: number | undefined;
  readonly onClose: () => void;
}

export function DeleteChannelDialog({ origin, channel, count, onClose }: DeleteChannelDialogProps): ReactNode {
  const cache = useCache();
  const router = useRouter();
  const say = useToast();
  const remove = useWrite(async (_: void, signal) => {
    await send(channelApi({ origin, channel }), { method: "DELETE", signal });
    router.go(originPage(origin, ["channels"]), { replace: true });
    cache.refresh(ofOrigin(origin));
    say(`The channel ${channel} is deleted`);
  });
  return (
    <Dialog
      title={`Delete the channel ${channel}?`}
      confirm="Delete channel"
      look="danger"
      isBusy={remove.isRunning}
      problem={remove.problem}
      onConfirm={() => void remove.run()}
      onClose={onClose}
    >
      <p>
        {count === undefined || count === 0
          ? `${channel} holds nothing.`
          : `${countText(count)} will no longer be on offer in ${channel}. They stay in the depot, and in other channels.`}
      </p>
      <p>Whoever follows this channel will find nothing there. Its history is kept.</p>
    </Dialog>
  );
}
