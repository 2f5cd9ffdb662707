// One request for a promotion: what is asked, who has decided, and the ways to decide for whoever may.
import { type ReactNode, useState } from "react";
import {
  Button,
  Dialog,
  Facts,
  Icon,
  Link,
  ListSkeleton,
  Moment,
  type PageProps,
  Shown,
  send,
  TextArea,
  useCache,
  useJson,
  useToast,
} from "../../shared/index.ts";
import { originPage, pageOf } from "../api/addresses.ts";
import type { Decision, PromotionRequest, Release } from "../api/channels.ts";
import { countText } from "../channels/actions.ts";
import { channelPage, ofOrigin, requestsApi } from "../channels/addresses.ts";
import { approvalsText } from "../channels/promote.tsx";
import { IdentText } from "../ident/ident-text.tsx";
import { identOf } from "../ident/parse.ts";
import { PagedRows } from "../lists/paged-rows.tsx";
import { OriginPage } from "../origin/origin-page.tsx";
import { useWrite } from "../session/write.tsx";
import { RequestBadge } from "./states.tsx";

type Step = "approve" | "reject" | "withdraw";

export default function RequestPage({ params }: PageProps): ReactNode {
  const { origin = "", id = "" } = params;
  const request = useJson<PromotionRequest>(requestsApi(origin, [id]));
  // Held here: what is typed stays when the request is read again.
  const [step, setStep] = useState<Step | undefined>(undefined);
  const may = request.data?.may;
  return (
    <OriginPage
      origin={origin}
      title={request.data === undefined ? "Request" : `Promotion to ${request.data.to}`}
      crumbs={[{ text: "Requests", to: originPage(origin, ["requests"]) }]}
      actions={
        may !== undefined && (
          <>
            {may.approve && (
              <Button look="primary" onClick={() => setStep("approve")}>
                Approve…
              </Button>
            )}
            {may.reject && (
              <Button look="danger" onClick={() => setStep("reject")}>
                Reject…
              </Button>
            )}
            {may.withdraw && <Button onClick={() => setStep("withdraw")}>Withdraw…</Button>}
          </>
        )
      }
    >
      <Shown known={request} skeleton={<ListSkeleton rows={6} />}>
        {(data) => <Request request={data} />}
      </Shown>
      {step !== undefined && (
        <DecisionDialog
          origin={origin}
          id={id}
          step={step}
          request={request.data}
          onClose={() => setStep(undefined)}
        />
      )}
    </OriginPage>
  );
}

function Request({ request }: { readonly request: PromotionRequest }): ReactNode {
  const { origin, id, from, to, count, requested_by, at, comment, expires_at, state, reason } = request;
  const { decided_at, needed, approvals, rejections, channel_state, target } = request;
  const counted = approvals.filter(({ counts }) => counts).length;
  const address = (range: number): string => requestsApi(origin, [id, "packages"], { range });
  return (
    <div className="columns">
      <div className="stack">
        <p className="row request-head">
          <RequestBadge state={state} />
          <span>
            {countText(count)}{" "}
            {from !== null && (
              <>
                from <Link to={channelPage({ origin, channel: from })}>{from}</Link>{" "}
              </>
            )}
            to <Link to={channelPage({ origin, channel: to })}>{to}</Link>
            {target !== null && ` for ${target}`}
          </span>
        </p>
        {state !== "open" && reason !== "" && (
          <p className="soft" dir="auto">
            {reason}
          </p>
        )}
        {comment !== "" && (
          <blockquote className="comment" dir="auto">
            {comment}
          </blockquote>
        )}
        <div className="card">
          <PagedRows<Release>
            label="Releases to be promoted"
            total={count}
            address={address}
            rowRem={2.5}
            maxRows={10}
            render={({ ident, target: platform }) => (
              <>
                <Link to={pageOf(identOf(ident))} className="grow plain-link" title={ident}>
                  <IdentText ident={identOf(ident)} from="name" />
                </Link>
                <span className="soft small">{platform}</span>
              </>
            )}
          />
        </div>
      </div>
      <div className="stack">
        <section className="section" aria-label="Decisions">
          <h2>
            {needed === null
              ? "Decisions"
              : state === "open"
                ? `${counted} of ${approvalsText(needed)}`
                : "Decisions"}
          </h2>
          {state === "open" && needed !== null && (
            <progress
              className="approvals"
              max={needed}
              value={Math.min(counted, needed)}
              aria-label="Approvals"
            />
          )}
          {approvals.length + rejections.length === 0 && <p className="soft">Nobody has decided yet.</p>}
          <ul className="decisions">
            {approvals.map((approval) => (
              <DecisionEntry
                key={`a ${approval.account}`}
                kind="approved"
                decision={approval}
                counts={approval.counts}
              />
            ))}
            {rejections.map((rejection) => (
              <DecisionEntry key={`r ${rejection.account}`} kind="rejected" decision={rejection} counts />
            ))}
          </ul>
        </section>
        <Facts
          entries={[
            [
              "Number",
              <span key="id" className="number">
                {id}
              </span>,
            ],
            ["Asked by", <bdi key="by">{requested_by}</bdi>],
            ["Asked", <Moment key="at" at={at} />],
            state === "open"
              ? ["Ends by itself", <Moment key="end" at={expires_at} />]
              : ["Ended", decided_at === null ? undefined : <Moment key="end" at={decided_at} />],
            [
              "Took effect as",
              channel_state === null ? undefined : (
                <Link key="state" to={channelPage({ origin, channel: to }, { tab: "history" })}>
                  state {channel_state} of {to}
                </Link>
              ),
            ],
          ]}
        />
      </div>
    </div>
  );
}

interface DecisionEntryProps {
  readonly kind: "approved" | "rejected";
  readonly decision: Decision;
  readonly counts: boolean;
}

function DecisionEntry({ kind, decision: { account, at, comment }, counts }: DecisionEntryProps): ReactNode {
  return (
    <li>
      <Icon name={kind === "approved" ? "check" : "close"} />
      <div>
        <p>
          <strong dir="auto">{account}</strong> {kind} <span className="soft">·</span> <Moment at={at} />
        </p>
        {!counts && <p className="soft small">Does not count any more: the rights have changed since.</p>}
        {comment !== "" && (
          <p className="soft" dir="auto">
            {comment}
          </p>
        )}
      </div>
    </li>
  );
}

const STEPS: Readonly<
  Record<Step, { readonly title: string; readonly confirm: string; readonly done: string }>
> = {
  approve: { title: "Approve", confirm: "Approve", done: "approved" },
  reject: { title: "Reject", confirm: "Reject", done: "rejected" },
  withdraw: { title: "Withdraw", confirm: "Withdraw", done: "withdrawn" },
};

interface DecisionDialogProps {
  readonly origin: string;
  readonly id: string;
  readonly step: Step;
  readonly request: PromotionRequest | undefined;
  readonly onClose: () => void;
}

function DecisionDialog({ origin, id, step, request, onClose }: DecisionDialogProps): ReactNode {
  const [comment, setComment] = useState("");
  const cache = useCache();
  const say = useToast();
  const words = STEPS[step];
  const decide = useWrite<void>(async (_, signal) => {
    await send(requestsApi(origin, [id, step]), {
      method: "POST",
      json: comment.trim() === "" ? {} : { comment: comment.trim() },
      signal,
    });
    cache.refresh(ofOrigin(origin));
    say(`The request is ${words.done}`);
  });
  const confirm = async (): Promise<void> => {
    if (await decide.run()) onClose();
    // Somebody else may have been quicker: the page shows how it stands.
    else cache.refresh((key) => key.startsWith(requestsApi(origin, [id])));
  };
  const isLast =
    step === "approve" &&
    request?.needed !== null &&
    request !== undefined &&
    request.approvals.filter(({ counts }) => counts).length + 1 >= request.needed;
  return (
    <Dialog
      title={request === undefined ? words.title : `${words.title} the promotion to ${request.to}`}
      confirm={words.confirm}
      look={step === "reject" ? "danger" : "primary"}
      isBusy={decide.isRunning}
      problem={decide.problem}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      {request !== undefined && (
        <p>
          {step === "approve"
            ? isLast
              ? `This is the last approval: ${countText(request.count)} will come to ${request.to} at once.`
              : `${countText(request.count)} for ${request.to}. Others must approve as well.`
            : `The request for ${countText(request.count)} in ${request.to} ends, and nothing is promoted.`}
        </p>
      )}
      <TextArea
        label="Comment"
        hint="Optional; shown with the request."
        value={comment}
        onText={setComment}
        maxLength={2000}
      />
    </Dialog>
  );
}
