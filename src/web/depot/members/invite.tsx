// Inviting an account to an origin.
import { type ReactNode, useState } from "react";
import { Dialog, Field, send, useCache, useToast } from "../../shared/index.ts";
import { apiPath } from "../api/addresses.ts";
import { ofOrigin } from "../channels/addresses.ts";
import { useWrite } from "../session/write.tsx";

export interface InviteDialogProps {
  readonly origin: string;
  readonly onClose: () => void;
}

export function InviteDialog({ origin, onClose }: InviteDialogProps): ReactNode {
  const [typed, setName] = useState("");
  const name = typed.trim();
  const cache = useCache();
  const say = useToast();
  const invite = useWrite<void>(
    async (_, signal) => {
      await send(apiPath(["origins", origin, "users", name, "invitations"]), { method: "POST", signal });
      cache.refresh(ofOrigin(origin));
      say(`${name} is invited to ${origin}`);
    },
    {
      404: "No account has this name. Check the spelling: large and small letters differ",
      409: "This account is a member or invited already",
    },
  );
  const confirm = async (): Promise<void> => {
    if (await invite.run()) onClose();
  };
  return (
    <Dialog
      title={`Invite to ${origin}`}
      confirm="Send invitation"
      isBusy={invite.isRunning}
      isDisabled={name === ""}
      problem={invite.problem}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <Field
        label="Name of the account"
        hint="Who accepts becomes a read-only member; an administrator gives more."
        value={typed}
        onText={setName}
        maxLength={255}
        required
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        dir="auto"
      />
    </Dialog>
  );
}
