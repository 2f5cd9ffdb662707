// Going back to an earlier state of a channel: asks the depot first what that would change, and shows it.
import { type ReactNode, useEffect, useState } from "react";
import {
  Busy,
  Checkbox,
  Dialog,
  Icon,
  ListSkeleton,
  problemText,
  send,
  useCache,
  useToast,
} from "../../shared/index.ts";
import type { Release, Rollback } from "../api/channels.ts";
import { ReleaseList } from "../ident/ident-list.tsx";
import { useWrite } from "../session/write.tsx";
import { countText } from "./actions.ts";
import { channelApi, ofOrigin } from "./addresses.ts";

export interface RollbackDialogProps {
  readonly origin: string;
  readonly channel: string;
  /** The state to go back to. */
  readonly to: number;
  readonly onClose: () => void;
}

export function RollbackDialog({ origin, channel, to, onClose }: RollbackDialogProps): ReactNode {
  const cache = useCache();
  const say = useToast();
  const [plan, setPlan] = useState<Rollback | undefined>(undefined);
  const [withoutGone, setWithoutGone] = useState(false);
  const url = channelApi({ origin, channel }, ["rollback"]);
  const look = useWrite<void>(async (_, signal) => {
    const response = await send(url, { method: "PUT", json: { to, dry_run: true }, signal });
    setPlan((await response.json()) as Rollback);
  });
  const { run: runLook } = look;
  useEffect(() => {
    void runLook();
  }, [runLook]);
  const rollBack = useWrite<void>(async (_, signal) => {
    await send(url, {
      method: "PUT",
      json: { to, expected_state: plan?.state, ...(withoutGone ? { without_gone: true } : {}) },
      signal,
    });
    cache.refresh(ofOrigin(origin));
  });
  const isNothing = plan !== undefined && plan.added.length + plan.removed.length === 0;
  const confirm = async (): Promise<void> => {
    if (plan === undefined) {
      void look.run();
      return;
    }
    if (await rollBack.run()) {
      say(`${channel} is back at what it held in state ${to}`);
      onClose();
    } else void look.run();
  };
  const needsConsent = plan !== undefined && plan.gone.length > 0 && !withoutGone;
  return (
    <Dialog
      title={`Roll ${channel} back to state ${to}`}
      confirm={plan === undefined && look.problem !== undefined ? "Look again" : "Roll back"}
      look="danger"
      isBusy={rollBack.isRunning || look.isRunning}
      isDisabled={(plan === undefined && look.problem === undefined) || isNothing || needsConsent}
      problem={rollBack.problem}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      {look.problem !== undefined && (
        <p className="notice bad" role="alert">
          {problemText(look.problem)}
        </p>
      )}
      {plan === undefined && look.problem === undefined && (
        <Busy>
          <ListSkeleton rows={3} />
        </Busy>
      )}
      {plan !== undefined && (
        <>
          {isNothing ? (
            <p>The channel holds just that now: nothing would change.</p>
          ) : (
            <p className="soft">
              The rollback is a change of its own: it is written into the history, and can be rolled back too.
            </p>
          )}
          <Part
            title={`${countText(plan.removed.length)} will leave ${channel}`}
            releases={plan.removed}
            look="minus"
          />
          <Part title={`${countText(plan.added.length)} will come back`} releases={plan.added} look="plus" />
          {plan.gone.length > 0 && (
            <>
              <p className="notice">
                <Icon name="alert" />
                {countText(plan.gone.length)} of that state {plan.gone.length === 1 ? "is" : "are"} no longer
                in the depot and cannot come back.
              </p>
              <Part title="No longer in the depot" releases={plan.gone} look="soft" />
              <Checkbox
                label="Go back without them"
                hint="The channel will hold what is left of that state."
                isChecked={withoutGone}
                onChange={setWithoutGone}
              />
            </>
          )}
        </>
      )}
    </Dialog>
  );
}

interface PartProps {
  readonly title: string;
  readonly releases: readonly Release[];
  readonly look: "plus" | "minus" | "soft";
}

function Part({ title, releases, look }: PartProps): ReactNode {
  if (releases.length === 0) return null;
  return (
    <section className="section" aria-label={title}>
      <h3 className={look}>{title}</h3>
      <div className="card">
        <ReleaseList label={title} releases={releases} maxRows={4} />
      </div>
    </section>
  );
}
