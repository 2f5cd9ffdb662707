// Deleting a channel, which takes nothing out of the depot.
import type { ReactNode } from "react";
import { send, useRouter } from "../../shared/index.ts";
import { originPage } from "../api/addresses.ts";
import { ConfirmDialog } from "../lists/confirm-dialog.tsx";
import { countText } from "./actions.ts";
import { channelApi, channelsApi } from "./addresses.ts";

export interface DeleteChannelDialogProps {
  readonly origin: string;
  readonly channel: string;
  /** Releases in it. */
  readonly count: number | undefined;
  readonly onClose: () => void;
}

export function DeleteChannelDialog({
  origin,
  channel,
  count,
  onClose,
}: DeleteChannelDialogProps): ReactNode {
  const router = useRouter();
  return (
    <ConfirmDialog
      title={`Delete the channel ${channel}?`}
      confirm="Delete channel"
      act={(signal) => send(channelApi({ origin, channel }), { method: "DELETE", signal })}
      touches={(key) => key.split("?", 1)[0] === channelsApi(origin)}
      done={`The channel ${channel} is deleted`}
      onClose={onClose}
      onDone={() => router.go(originPage(origin, ["channels"]))}
    >
      <p>
        {count === undefined || count === 0
          ? `${channel} holds nothing.`
          : `${countText(count)} will no longer be on offer in ${channel}. They stay in the depot, and in other channels.`}
      </p>
      <p>Whoever follows this channel will find nothing there. Its history is kept.</p>
    </ConfirmDialog>
  );
}
