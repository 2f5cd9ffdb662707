// Handing an origin on to another member.
import { type ReactNode, useState } from "react";
import { Dialog, Select, send, useCache, useJson, useToast } from "../../shared/index.ts";
import { apiPath } from "../api/addresses.ts";
import { ofOrigin } from "../channels/addresses.ts";
import { OWN_ORIGINS_API, useAccount } from "../session/session.ts";
import { useWrite } from "../session/write.tsx";

export interface TransferDialogProps {
  readonly origin: string;
  readonly onClose: () => void;
}

export function TransferDialog({ origin, onClose }: TransferDialogProps): ReactNode {
  const account = useAccount();
  const cache = useCache();
  const say = useToast();
  const members = useJson<{ readonly members: readonly string[] }>(apiPath(["origins", origin, "users"]));
  const others = (members.data?.members ?? []).filter((name) => name !== account?.name);
  const [name, setName] = useState("");
  const transfer = useWrite<void>(
    async (_, signal) => {
      await send(apiPath(["origins", origin, "transfer", name]), { method: "POST", signal });
      cache.refresh((key) => ofOrigin(origin)(key) || key.startsWith(OWN_ORIGINS_API));
      say(`${name} is now the owner of ${origin}`);
    },
    {
      403: "Only the owner hands an origin on, and only to a member",
      404: "There is no such account any more",
    },
  );
  const confirm = async (): Promise<void> => {
    if (await transfer.run()) onClose();
  };
  return (
    <Dialog
      title={`Hand ${origin} on`}
      confirm={name === "" ? "Hand on" : `Make ${name} the owner`}
      look="danger"
      isBusy={transfer.isRunning}
      isDisabled={name === ""}
      problem={transfer.problem}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <p>You stay a maintainer. Only the new owner can hand {origin} back.</p>
      {members.data !== undefined && others.length === 0 ? (
        <p className="soft">There is no other member to hand it to: invite somebody first.</p>
      ) : (
        <Select
          label="New owner"
          value={name}
          options={[
            { value: "", text: "Choose a member" },
            ...others.map((each) => ({ value: each, text: each })),
          ]}
          onChoice={setName}
        />
      )}
    </Dialog>
  );
}
