// Making an access token with a scope and an end. The token itself is shown once, and kept nowhere on the page.
import { type ReactNode, useState } from "react";
import { Checkbox, Choices, Dialog, Field, Select, send, useCache } from "../../shared/index.ts";
import { type AccessToken, VERBS, type Verb } from "../api/people.ts";
import { OnceDialog } from "../lists/once-dialog.tsx";
import { useOwnOrigins } from "../session/session.ts";
import { useWrite } from "../session/write.tsx";
import { TOKENS_API } from "./tokens.tsx";

const VERB_TEXTS: Readonly<Record<Verb, { readonly text: string; readonly hint: string }>> = {
  upload: { text: "Upload", hint: "packages and public keys" },
  promote: { text: "Promote", hint: "change what is in channels" },
  manage: { text: "Manage", hint: "members, settings, visibility, secrets, deletion" },
};

const ENDS = [
  { value: "7", text: "After a week" },
  { value: "30", text: "After 30 days" },
  { value: "90", text: "After 90 days" },
  { value: "365", text: "After a year" },
  { value: "", text: "Never" },
] as const;

export function NewTokenDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const own = useOwnOrigins();
  const [label, setLabel] = useState("");
  const [days, setDays] = useState<string>("90");
  const [isLimited, setLimited] = useState(true);
  const [verbs, setVerbs] = useState<readonly Verb[]>(["upload"]);
  const [inOrigins, setInOrigins] = useState<readonly string[]>([]);
  const [made, setMade] = useState<AccessToken | undefined>(undefined);
  const cache = useCache();
  const create = useWrite<void>(
    async (_, signal) => {
      const response = await send(TOKENS_API, {
        method: "POST",
        json: {
          label: label.trim(),
          ...(days === "" ? {} : { days: Number(days) }),
          ...(isLimited ? { verbs } : {}),
          ...(isLimited && inOrigins.length > 0 ? { origins: inOrigins } : {}),
        },
        signal,
      });
      setMade((await response.json()) as AccessToken);
      cache.refresh((key) => key.startsWith(TOKENS_API));
    },
    { 400: "This name cannot be taken. Choose another" },
  );
  if (made !== undefined)
    return (
      <OnceDialog
        title={`The token ${made.label}`}
        label="Copy the access token"
        secret={made.token}
        onClose={onClose}
      >
        Copy it now and give it to the program. It is shown only this once: the depot keeps no more than its
        hash.
      </OnceDialog>
    );
  const names = (own.data ?? []).map(({ name }) => name);
  return (
    <Dialog
      title="New access token"
      confirm="Make token"
      isBusy={create.isRunning}
      isDisabled={label.trim() === ""}
      problem={create.problem}
      onConfirm={() => void create.run()}
      onClose={onClose}
    >
      <Field
        label="Name"
        hint="What it is for, such as the name of the program."
        value={label}
        onText={setLabel}
        maxLength={100}
        required
        autoComplete="off"
        dir="auto"
      />
      <Select label="Ends" value={days} options={ENDS} onChoice={setDays} />
      <Checkbox
        label="Limit what it may do"
        hint="Without a limit it may do whatever you may, your account included."
        isChecked={isLimited}
        onChange={setLimited}
      />
      {isLimited && (
        <>
          <Choices
            label="Besides reading it may"
            choices={VERBS.map((verb) => ({ value: verb, ...VERB_TEXTS[verb] }))}
            chosen={verbs}
            onChoice={setVerbs}
          />
          {names.length > 0 && (
            <Choices
              label="Only in"
              hint="None chosen: in all your origins."
              choices={names.map((name) => ({ value: name, text: name }))}
              chosen={inOrigins}
              onChoice={setInOrigins}
            />
          )}
        </>
      )}
    </Dialog>
  );
}
