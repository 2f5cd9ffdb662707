// Keys of an origin: public ones to download, for everybody; having a pair made, and uploading one, for administrators. A
// secret key never comes to this page: it stays in the depot, or is fetched by the command.
import { type ReactNode, useState } from "react";
import {
  Button,
  CopyLine,
  Dialog,
  exactTime,
  ListSkeleton,
  Moment,
  type PageProps,
  ProblemError,
  problemOf,
  releaseTime,
  Shown,
  State,
  send,
  TextArea,
  useCache,
  useJson,
  useToast,
  VirtualList,
} from "../../shared/index.ts";
import { apiPath } from "../api/addresses.ts";
import type { Origin } from "../api/people.ts";
import { ofOrigin } from "../channels/addresses.ts";
import { OriginPage } from "../origin/origin-page.tsx";
import { reaches, useRole } from "../session/session.ts";
import { useWrite } from "../session/write.tsx";
import { keyPlace } from "./key-text.ts";

interface KeyItem {
  readonly origin: string;
  readonly revision: string;
}

type Asked = "generate" | "upload";

export default function KeysPage({ params }: PageProps): ReactNode {
  const origin = params["origin"] ?? "";
  const role = useRole(origin);
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const keys = useJson<readonly KeyItem[]>(apiPath(["origins", origin, "keys"]));
  const about = useJson<Origin>(apiPath(["origins", origin]));
  const mayChange = reaches(role, "administrator");
  const secret = about.data?.private_key_name;
  return (
    <OriginPage
      origin={origin}
      current="keys"
      title="Keys"
      actions={
        mayChange && (
          <>
            <Button onClick={() => setAsked("upload")}>Upload a key…</Button>
            <Button look="primary" onClick={() => setAsked("generate")}>
              New pair…
            </Button>
          </>
        )
      }
    >
      <p className="lede">
        Packages of {origin} are signed with a secret key, and whoever installs them checks that with the
        public one. The command fetches public keys by itself.
      </p>
      <CopyLine text={`hab origin key download ${origin}`} label="Copy the command" prompt="$ " />
      {reaches(role, "member") && about.data !== undefined && (
        <section className="section" aria-label="Secret key">
          <h2>Secret key</h2>
          {secret === null || secret === undefined ? (
            <p className="soft">
              The depot keeps no secret key of this origin.
              {mayChange ? " Have a pair made, or upload one, so that members can fetch it." : ""}
            </p>
          ) : (
            <>
              <p>
                The depot keeps <code>{secret}</code>. It is not shown here; members fetch it with the
                command:
              </p>
              <CopyLine
                text={`hab origin key download --secret ${origin}`}
                label="Copy the command for the secret key"
                prompt="$ "
              />
            </>
          )}
        </section>
      )}
      <section className="section" aria-label="Public keys">
        <h2>Public keys</h2>
        <Shown known={keys} skeleton={<ListSkeleton rows={3} />}>
          {(list) =>
            list.length === 0 ? (
              <State title="No keys yet" icon="lock">
                Nobody can check packages of {origin} before it has a key.
              </State>
            ) : (
              <div className="card">
                <VirtualList
                  label={`Public keys of ${origin}`}
                  rows={list}
                  keyOf={({ revision }) => revision}
                  rowRem={3}
                  maxRows={12}
                  render={({ revision }) => <KeyRow origin={origin} revision={revision} />}
                />
              </div>
            )
          }
        </Shown>
      </section>
      {asked === "generate" && <GenerateDialog origin={origin} onClose={() => setAsked(undefined)} />}
      {asked === "upload" && <UploadDialog origin={origin} onClose={() => setAsked(undefined)} />}
    </OriginPage>
  );
}

function KeyRow({ origin, revision }: { readonly origin: string; readonly revision: string }): ReactNode {
  const name = `${origin}-${revision}`;
  const at = releaseTime(revision);
  return (
    <>
      <code className="grow" title={at === undefined ? name : `${name}, made ${exactTime(at)}`}>
        {name}
      </code>
      {at !== undefined && (
        <span className="soft small wide-only">
          made <Moment at={at} />
        </span>
      )}
      <a
        className="button compact"
        href={apiPath(["origins", origin, "keys", revision])}
        download={`${name}.pub`}
        aria-label={`Download ${name}.pub`}
      >
        Download
      </a>
    </>
  );
}

interface KeyDialogProps {
  readonly origin: string;
  readonly onClose: () => void;
}

function GenerateDialog({ origin, onClose }: KeyDialogProps): ReactNode {
  const cache = useCache();
  const say = useToast();
  const generate = useWrite<void>(async (_, signal) => {
    await send(apiPath(["origins", origin, "keys"]), { method: "POST", signal });
    cache.refresh(ofOrigin(origin));
    say("The depot has made a new pair of keys");
  });
  const confirm = async (): Promise<void> => {
    if (await generate.run()) onClose();
  };
  return (
    <Dialog
      title="Have a new pair of keys made"
      confirm="Make the pair"
      isBusy={generate.isRunning}
      problem={generate.problem}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <p>
        From then on the depot gives members the new secret key. Packages signed with older keys stay valid,
        and older public keys stay here.
      </p>
    </Dialog>
  );
}

function UploadDialog({ origin, onClose }: KeyDialogProps): ReactNode {
  const [text, setText] = useState("");
  const cache = useCache();
  const say = useToast();
  const place = keyPlace(text);
  const isForeign = place !== undefined && place.origin !== origin;
  const upload = useWrite<void>(
    async (_, signal) => {
      if (place === undefined) throw new ProblemError(problemOf("refused"));
      // The key itself is the body, not JSON.
      await send(
        apiPath(["origins", origin, place.kind === "public" ? "keys" : "secret_keys", place.revision]),
        {
          method: "POST",
          text: text.trim(),
          signal,
        },
      );
      setText("");
      cache.refresh(ofOrigin(origin));
      say(`The ${place.kind} key ${place.origin}-${place.revision} is uploaded`);
    },
    { 409: "The depot has this key already" },
  );
  const confirm = async (): Promise<void> => {
    if (await upload.run()) onClose();
  };
  return (
    <Dialog
      title="Upload a key"
      confirm={place === undefined ? "Upload" : `Upload the ${place.kind} key`}
      isBusy={upload.isRunning}
      isDisabled={place === undefined || isForeign}
      problem={upload.problem}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <TextArea
        label="Text of the key file"
        hint="A file .pub or .sig.key as hab origin key generate makes it, with all its lines."
        className="code-input"
        rows={5}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onText={setText}
        maxLength={4000}
        problem={
          text.trim() === ""
            ? undefined
            : place === undefined
              ? "This is not the text of a signing key: it begins with SIG-PUB-1 or SIG-SEC-1"
              : isForeign
                ? `This is a key of ${place.origin}, not of ${origin}`
                : undefined
        }
      />
      {place?.kind === "secret" && !isForeign && (
        <p className="notice">
          A secret key signs in the name of {origin}. The depot keeps it encrypted and gives it to members
          only.
        </p>
      )}
    </Dialog>
  );
}
