// Taking releases out of a channel, which leaves them in the depot and in other channels.
import { type ReactNode, useState } from "react";
import { Dialog, fetchJson, ProblemError, send, useCache, useToast } from "../../shared/index.ts";
import { apiPath } from "../api/addresses.ts";
import type { ListItem, Page } from "../api/types.ts";
import { IdentList } from "../ident/ident-list.tsx";
import { identOf, identText } from "../ident/parse.ts";
import { useWrite } from "../session/write.tsx";
import { countText } from "./actions.ts";
import { channelApi, ofOrigin } from "./addresses.ts";

export interface DemoteDialogProps {
  readonly origin: string;
  readonly channel: string;
  readonly idents: readonly string[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function DemoteDialog({ origin, channel, idents, onDone, onClose }: DemoteDialogProps): ReactNode {
  const cache = useCache();
  const say = useToast();
  const [done, setDone] = useState(0);
  const remove = useWrite<void>(async (_, signal) => {
    try {
      for (const [index, ident] of idents.entries()) {
        await demote(origin, channel, ident, signal);
        setDone(index + 1);
      }
    } finally {
      cache.refresh(ofOrigin(origin));
    }
    onDone();
    say(`${countText(idents.length)} removed from ${channel}`);
  });
  const confirm = async (): Promise<void> => {
    if (await remove.run()) onClose();
  };
  return (
    <Dialog
      title={`Remove from ${channel}`}
      confirm={remove.isRunning ? `${done} of ${idents.length}` : `Remove ${countText(idents.length)}`}
      look="danger"
      isBusy={remove.isRunning}
      problem={remove.problem}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <p>
        Who installs from {channel} will no longer be offered{" "}
        {idents.length === 1 ? "this release" : "these releases"}. They stay in the depot, and in other
        channels.
      </p>
      <div className="card">
        <IdentList label={`To be removed from ${channel}`} idents={idents} maxRows={6} />
      </div>
    </Dialog>
  );
}

/** For every platform of the release. Compat: 400 says that the channel does not hold it for this one. */
async function demote(origin: string, channel: string, ident: string, signal: AbortSignal): Promise<void> {
  const { name, version, release } = identOf(ident);
  for (const target of await targetsOf(ident, signal)) {
    const url = channelApi(
      { origin, channel },
      ["pkgs", name ?? "", version ?? "", release ?? "", "demote"],
      {
        target,
      },
    );
    try {
      await send(url, { method: "PUT", signal });
    } catch (error) {
      if (!(error instanceof ProblemError && error.problem.status === 400)) throw error;
    }
  }
}

/** Platforms that a release is there for. */
async function targetsOf(ident: string, signal: AbortSignal): Promise<readonly string[]> {
  const { origin, name, version } = identOf(ident);
  for (let range = 0; ; ) {
    const url = apiPath(["pkgs", origin, name, version], { range });
    const page = await fetchJson<Page<ListItem>>(url, signal);
    const found = page.data.find((item) => identText(item) === ident);
    if (found !== undefined) return [...new Set(found.platforms)];
    range = page.range_end + 1;
    // Deleted meanwhile: then it is in no channel either.
    if (page.data.length === 0 || range >= page.total_count) return [];
  }
}
