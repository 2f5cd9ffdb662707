// Who must approve before a promotion to a channel takes effect; administrators set it.
import { type ReactNode, useState } from "react";
import {
  Button,
  Checkbox,
  Choices,
  Dialog,
  Facts,
  Field,
  Link,
  ListSkeleton,
  Moment,
  Shown,
  State,
  send,
  TextArea,
  useCache,
  useToast,
} from "../../shared/index.ts";
import { originPage } from "../api/addresses.ts";
import type { Gate } from "../api/channels.ts";
import { ROLE_TEXTS, ROLES, type Role } from "../api/people.ts";
import { ConfirmDialog } from "../lists/confirm-dialog.tsx";
import { reaches } from "../session/session.ts";
import { useWrite } from "../session/write.tsx";
import { channelApi, ofOrigin } from "./addresses.ts";
import { approvalsText, useGate } from "./promote.tsx";

export interface ChannelGateProps {
  readonly origin: string;
  readonly channel: string;
  readonly role: Role | null | undefined;
}

export function ChannelGate({ origin, channel, role }: ChannelGateProps): ReactNode {
  const gate = useGate(origin, channel);
  const [asked, setAsked] = useState<{ kind: "set"; gate: Gate | null } | { kind: "remove" } | undefined>(
    undefined,
  );
  const maySet = reaches(role, "administrator");
  const close = (): void => setAsked(undefined);
  return (
    <section className="section" aria-label={`Approvals of ${channel}`}>
      <Shown known={gate} skeleton={<ListSkeleton rows={3} />}>
        {(found) =>
          found === null ? (
            <State
              title="Promotions take effect at once"
              icon="lock"
              action={
                maySet ? (
                  <Button onClick={() => setAsked({ kind: "set", gate: null })}>Ask for approvals</Button>
                ) : undefined
              }
            >
              A maintainer promotes to {channel} without anybody else.
              {maySet ? "" : " An administrator can change that."}
            </State>
          ) : (
            <div className="card card-body stack">
              <p>
                A promotion to {channel} takes effect with <strong>{approvalsText(found.approvals)}</strong>.{" "}
                <Link to={originPage(origin, ["requests"], { channel })}>Requests for this channel</Link>
              </p>
              <Facts
                entries={[
                  ["Who approves", <Approvers key="approvers" gate={found} />],
                  ["Who asked may approve too", found.own ? "Yes" : "No"],
                  ["A request ends by itself", `after ${hoursText(found.expires_after_hours)}`],
                  [
                    "Set by",
                    <span key="by">
                      <bdi>{found.updated_by}</bdi>, <Moment at={found.updated_at} />
                    </span>,
                  ],
                ]}
              />
              {maySet && (
                <div className="row">
                  <Button onClick={() => setAsked({ kind: "set", gate: found })}>Change</Button>
                  <Button look="danger" onClick={() => setAsked({ kind: "remove" })}>
                    Remove
                  </Button>
                </div>
              )}
            </div>
          )
        }
      </Shown>
      {asked?.kind === "set" && (
        <GateDialog origin={origin} channel={channel} gate={asked.gate} onClose={close} />
      )}
      {asked?.kind === "remove" && (
        <ConfirmDialog
          title={`Let promotions to ${channel} take effect at once?`}
          confirm="Remove"
          act={(signal) => send(channelApi({ origin, channel }, ["gate"]), { method: "DELETE", signal })}
          touches={ofOrigin(origin)}
          done={`Promotions to ${channel} take effect at once`}
          onClose={close}
        >
          <p>Nobody will be asked any more. Open requests for {channel} are withdrawn.</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

function Approvers({ gate: { approvers } }: { readonly gate: Gate }): ReactNode {
  const roles = approvers.roles.map((role) =>
    role === "owner" ? "the owner" : `${ROLE_TEXTS[role].toLowerCase()}s and above`,
  );
  return [...roles, ...approvers.accounts].join(", ");
}

function hoursText(hours: number): string {
  if (hours % 24 !== 0) return hours === 1 ? "1 hour" : `${hours} hours`;
  return hours === 24 ? "1 day" : `${hours / 24} days`;
}

interface GateDialogProps {
  readonly origin: string;
  readonly channel: string;
  /** As it is now; null where there is none. */
  readonly gate: Gate | null;
  readonly onClose: () => void;
}

/** A week, as the depot's own default. */
const DEFAULT_HOURS = 168;

function GateDialog({ origin, channel, gate, onClose }: GateDialogProps): ReactNode {
  const cache = useCache();
  const say = useToast();
  const [approvals, setApprovals] = useState(String(gate?.approvals ?? 1));
  const [roles, setRoles] = useState<readonly Role[]>(gate?.approvers.roles ?? ["maintainer"]);
  const [accounts, setAccounts] = useState((gate?.approvers.accounts ?? []).join("\n"));
  const [own, setOwn] = useState(gate?.own ?? false);
  const [hours, setHours] = useState(String(gate?.expires_after_hours ?? DEFAULT_HOURS));
  const names = accounts.split(/[\s,;]+/).filter((name) => name !== "");
  const save = useWrite<void>(
    async (_, signal) => {
      await send(channelApi({ origin, channel }, ["gate"]), {
        method: "PUT",
        json: {
          approvals: Number(approvals),
          approvers: { accounts: names, roles },
          own,
          expires_after_hours: Number(hours),
        },
        signal,
      });
      cache.refresh(ofOrigin(origin));
      say(`Promotions to ${channel} now need ${approvalsText(Number(approvals))}`);
    },
    { 400: "A value is not as it must be: approvals from 1 to 20, hours from 1 to 8760, whole numbers" },
  );
  const confirm = async (): Promise<void> => {
    if (await save.run()) onClose();
  };
  return (
    <Dialog
      title={`Approvals of ${channel}`}
      confirm="Save"
      isBusy={save.isRunning}
      isDisabled={names.length + roles.length === 0}
      problem={save.problem}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <Field
        label="Approvals that are needed"
        type="number"
        min={1}
        max={20}
        required
        value={approvals}
        onText={setApprovals}
      />
      <Choices
        label="Roles that may approve"
        hint="Higher roles may as well."
        choices={ROLES.map((role) => ({ value: role, text: ROLE_TEXTS[role] }))}
        chosen={roles}
        onChoice={setRoles}
      />
      <TextArea
        label="Accounts that may approve"
        hint="Names of members, one a line."
        rows={2}
        spellCheck={false}
        autoCapitalize="none"
        value={accounts}
        onText={setAccounts}
      />
      <Checkbox label="Who asked may approve too" isChecked={own} onChange={setOwn} />
      <Field
        label="Hours until a request ends by itself"
        type="number"
        min={1}
        max={8760}
        required
        value={hours}
        onText={setHours}
      />
    </Dialog>
  );
}
