// Making an origin, with its first pair of keys: nothing can be built for an origin without one.
import { type ReactNode, useState } from "react";
import { Checkbox, Dialog, Field, Select, send, useCache, useRouter, useToast } from "../../shared/index.ts";
import { apiPath, originPage, pageOf } from "../api/addresses.ts";
import { OWN_ORIGINS_API } from "../session/session.ts";
import { useWrite } from "../session/write.tsx";

/** As the depot takes them (names.ts); said here before it is sent. */
const NAME = /^[a-z0-9][a-z0-9_-]*$/;

export function NewOriginDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [name, setName] = useState("");
  const [visibility, setVisibility] = useState("public");
  const [withKeys, setWithKeys] = useState(true);
  const cache = useCache();
  const router = useRouter();
  const say = useToast();
  const isFit = name === "" || NAME.test(name);
  const create = useWrite<void>(
    async (_, signal) => {
      await send("/v1/depot/origins", {
        method: "POST",
        json: { name, default_package_visibility: visibility },
        signal,
      });
      cache.refresh((key) => key === OWN_ORIGINS_API || key.includes(`/${name}`));
      if (!withKeys) {
        router.go(pageOf({ origin: name }));
        return;
      }
      try {
        await send(apiPath(["origins", name, "keys"]), { method: "POST", signal });
      } catch {
        say(`${name} is there, but its keys could not be made: try it here again`);
      }
      router.go(originPage(name, ["keys"]));
    },
    {
      403: "You may not make origins here. Ask whoever runs this depot",
      409: "There is an origin of this name already",
      417: "This cannot be the name of an origin",
    },
  );
  return (
    <Dialog
      title="New origin"
      confirm="Create origin"
      isBusy={create.isRunning}
      isDisabled={name === "" || !isFit}
      problem={create.problem}
      onConfirm={() => void create.run()}
      onClose={onClose}
    >
      <Field
        label="Name"
        hint="Part of the name of every package in it; it cannot be changed."
        value={name}
        onText={setName}
        maxLength={255}
        required
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        problem={isFit ? undefined : "Small letters, digits, _ and - only, beginning with a letter or digit"}
      />
      <Select
        label="New packages are"
        value={visibility}
        options={[
          { value: "public", text: "Public: everybody" },
          { value: "private", text: "Private: members only" },
        ]}
        onChoice={setVisibility}
      />
      <Checkbox
        label="Have a pair of signing keys made"
        hint="The secret key stays in the depot; members fetch it with the command."
        isChecked={withKeys}
        onChange={setWithKeys}
      />
    </Dialog>
  );
}
