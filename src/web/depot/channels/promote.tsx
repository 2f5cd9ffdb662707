// Promoting: a whole channel, or some of its releases, in one step. Says beforehand what will come and whether people must
// approve first.
import { type ReactNode, useState } from "react";
import {
  Dialog,
  Field,
  fetchJson,
  Icon,
  ListSkeleton,
  numberText,
  ProblemError,
  Select,
  Shown,
  send,
  TextArea,
  useCache,
  useJson,
  useResource,
  useRouter,
  useToast,
} from "../../shared/index.ts";
import { apiPath } from "../api/addresses.ts";
import type { Comparison, Gate, Promoted, PromotionRequest } from "../api/channels.ts";
import { IdentList } from "../ident/ident-list.tsx";
import { useWrite } from "../session/write.tsx";
import { countText, takesPromotions } from "./actions.ts";
import { channelApi, channelsApi, ofOrigin, requestPage } from "./addresses.ts";

export interface Promotion {
  readonly origin: string;
  readonly from: string;
  /** Chosen already. */
  readonly to?: string;
  /** The whole channel where not given. */
  readonly idents?: readonly string[];
  readonly onDone?: () => void;
}

export interface PromoteDialogProps {
  readonly promotion: Promotion;
  readonly onClose: () => void;
}

const NEW = "";

/** The gate of a channel; null where it has none. */
export function useGate(origin: string, channel: string | undefined) {
  const url = channel === undefined ? undefined : channelApi({ origin, channel }, ["gate"]);
  return useResource<Gate | null>(url, async (signal) => {
    try {
      return await fetchJson<Gate>(url ?? "", signal);
    } catch (error) {
      if (error instanceof ProblemError && error.problem.kind === "missing") return null;
      throw error;
    }
  });
}

export function PromoteDialog({ promotion, onClose }: PromoteDialogProps): ReactNode {
  const { origin, from, idents, onDone } = promotion;
  const cache = useCache();
  const router = useRouter();
  const say = useToast();
  const channels = useJson<readonly { readonly name: string }[]>(channelsApi(origin));
  const targets = (channels.data ?? [])
    .map(({ name }) => name)
    .filter((name) => name !== from && takesPromotions(name));
  const [choice, setChoice] = useState<string | undefined>(promotion.to);
  const [newName, setNewName] = useState("");
  const [comment, setComment] = useState("");
  const known = choice ?? targets.find((name) => name === "stable") ?? targets[0];
  const isNew = channels.data !== undefined && (known === undefined || known === NEW);
  const to = isNew ? newName.trim() : known;
  const gate = useGate(origin, isNew ? undefined : known);
  const hasGate = gate.data !== undefined && gate.data !== null;
  const promote = useWrite<void>(
    async (_, signal) => {
      const response = await send(apiPath(["channels", origin, "promotions"]), {
        method: "POST",
        json: {
          from,
          to,
          ...(idents === undefined ? {} : { idents }),
          ...(hasGate && comment.trim() !== "" ? { comment: comment.trim() } : {}),
        },
        signal,
      });
      const answer = (await response.json()) as Promoted | { readonly request: PromotionRequest };
      cache.refresh(ofOrigin(origin));
      onDone?.();
      if ("request" in answer) {
        say(`Asked: it waits for ${approvalsText(answer.request.needed ?? 1)}`);
        router.go(requestPage(origin, answer.request.id));
      } else if (answer.promoted.length === 0) say(`Everything was in ${answer.to} already`);
      else say(`${countText(answer.promoted.length)} promoted to ${answer.to}`);
    },
    { 404: "The channel is no longer there. Somebody may have deleted it a moment ago." },
  );
  const confirm = async (): Promise<void> => {
    if (await promote.run()) onClose();
  };
  return (
    <Dialog
      title={idents === undefined ? `Promote all of ${from}` : `Promote ${countText(idents.length)}`}
      confirm={hasGate ? "Ask for approval" : to === undefined || to === "" ? "Promote" : `Promote to ${to}`}
      isBusy={promote.isRunning}
      isDisabled={to === undefined || to === "" || to === from}
      problem={promote.problem}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <Select
        label="To the channel"
        value={isNew ? NEW : (known ?? NEW)}
        options={[
          ...targets.map((name) => ({ value: name, text: name })),
          { value: NEW, text: "A new channel…" },
        ]}
        onChoice={setChoice}
      />
      {isNew && (
        <Field
          label="Name of the new channel"
          value={newName}
          onText={setNewName}
          maxLength={255}
          required
          pattern="[A-Za-z0-9_][A-Za-z0-9._:~+\-]*"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
        />
      )}
      <Preview origin={origin} from={from} to={isNew ? undefined : known} idents={idents} />
      {hasGate && gate.data !== null && (
        <>
          <p className="notice">
            <Icon name="lock" />
            <span>
              {known} takes promotions with {approvalsText(gate.data?.approvals ?? 1)}. Nothing changes
              before.
            </span>
          </p>
          <TextArea
            label="For those who approve"
            hint="What it is and why it should go there. Optional."
            value={comment}
            onText={setComment}
            maxLength={2000}
          />
        </>
      )}
    </Dialog>
  );
}

export function approvalsText(count: number): string {
  return count === 1 ? "one approval" : `${count} approvals`;
}

interface PreviewProps {
  readonly origin: string;
  readonly from: string;
  readonly to: string | undefined;
  readonly idents: readonly string[] | undefined;
}

/** What will be there that is not there yet. */
function Preview({ origin, from, to, idents }: PreviewProps): ReactNode {
  const comparison = useJson<Comparison>(
    to === undefined ? undefined : channelApi({ origin, channel: from }, ["compare"], { with: to }),
  );
  if (to === undefined)
    return idents === undefined ? null : <IdentList label="To be promoted" idents={idents} maxRows={5} />;
  return (
    <Shown known={comparison} skeleton={<ListSkeleton rows={2} />}>
      {({ only_here, complete }) => {
        const chosen = idents === undefined ? undefined : new Set(idents);
        const coming = chosen === undefined ? only_here : only_here.filter((ident) => chosen.has(ident));
        if (coming.length === 0)
          return <p className="soft">All of it is in {to} already: nothing would change.</p>;
        return (
          <div className="stack">
            <p>
              {complete ? "" : "At least "}
              {countText(coming.length)} will come to {to}
              {chosen !== undefined && coming.length < chosen.size
                ? `; the other ${numberText(chosen.size - coming.length)} are there already`
                : ""}
              .
            </p>
            <div className="card">
              <IdentList label={`What will come to ${to}`} idents={coming} maxRows={5} />
            </div>
          </div>
        );
      }}
    </Shown>
  );
}
