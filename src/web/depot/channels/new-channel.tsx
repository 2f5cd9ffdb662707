// Making a channel.
import { type ReactNode, useState } from "react";
import { Dialog, Field, send, useCache, useRouter } from "../../shared/index.ts";
import { useWrite } from "../session/write.tsx";
import { channelApi, channelPage, ofOrigin } from "./addresses.ts";

/** As the depot takes them (names.ts); said here before it is sent. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._:~+-]*$/;

export interface NewChannelDialogProps {
  readonly origin: string;
  readonly onClose: () => void;
}

export function NewChannelDialog({ origin, onClose }: NewChannelDialogProps): ReactNode {
  const [channel, setChannel] = useState("");
  const cache = useCache();
  const router = useRouter();
  const create = useWrite<void>(
    async (_, signal) => {
      await send(channelApi({ origin, channel }), { method: "POST", signal });
      cache.refresh(ofOrigin(origin));
    },
    { 409: "There is a channel of this name already" },
  );
  const isFit = channel === "" || NAME.test(channel);
  const confirm = async (): Promise<void> => {
    if (await create.run()) router.go(channelPage({ origin, channel }));
  };
  return (
    <Dialog
      title="New channel"
      confirm="Create channel"
      isBusy={create.isRunning}
      isDisabled={channel === "" || !isFit}
      problem={create.problem}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <Field
        label="Name"
        hint="For example candidate, or LTS-2027. It begins with a letter, a digit or an underscore."
        value={channel}
        onText={setChannel}
        maxLength={255}
        required
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        problem={isFit ? undefined : "Letters, digits and . _ : ~ + - only, beginning with a letter or digit"}
      />
    </Dialog>
  );
}
