// Setting or changing the password.
import { type ReactNode, useState } from "react";
import { Dialog, Field, send, useCache, useJson, useToast } from "../../shared/index.ts";
import type { Identities } from "../api/people.ts";
import { useWrite } from "../session/write.tsx";

export function PasswordDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [old, setOld] = useState("");
  const [wanted, setWanted] = useState("");
  const [again, setAgain] = useState("");
  const cache = useCache();
  const say = useToast();
  const identities = useJson<Identities>("/v1/profile/identities");
  const hasPassword = identities.data?.has_password !== false;
  const save = useWrite<void>(async (_, signal) => {
    await send("/v1/profile/password", {
      method: "PUT",
      json: { ...(hasPassword ? { old } : {}), new: wanted },
      signal,
    });
    cache.refresh((key) => key.startsWith("/v1/profile/"));
    say("Your password is set. All other sessions have ended.");
  });
  const confirm = async (): Promise<void> => {
    if (await save.run()) onClose();
  };
  const differs = again !== "" && again !== wanted;
  return (
    <Dialog
      title={hasPassword ? "Change your password" : "Set a password"}
      confirm="Save password"
      isBusy={save.isRunning}
      isDisabled={wanted === "" || again !== wanted || (hasPassword && old === "")}
      problem={save.problem}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      {hasPassword && (
        <Field
          label="Old password"
          type="password"
          autoComplete="current-password"
          required
          maxLength={1024}
          value={old}
          onText={setOld}
        />
      )}
      <Field
        label="New password"
        type="password"
        autoComplete="new-password"
        required
        maxLength={1024}
        value={wanted}
        onText={setWanted}
        hint="Your other sessions end; access tokens stay."
      />
      <Field
        label="New password again"
        type="password"
        autoComplete="new-password"
        required
        maxLength={1024}
        value={again}
        onText={setAgain}
        problem={differs ? "The two are not the same" : undefined}
      />
    </Dialog>
  );
}
