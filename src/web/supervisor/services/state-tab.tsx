// How a service is: the way it has to go until it is ready, what is wrong, its process, its updates.
import type { ReactNode } from "react";
import { Facts, Icon, type IconName, Link, Moment, numberText } from "../../shared/index.ts";
import { ProblemList } from "../parts/problem-list.tsx";
import { Release } from "../parts/release.tsx";
import { visibleLine } from "../parts/visible.ts";
import type { ServiceDetailDocument, ServiceDocument } from "../told/shapes.ts";

interface StateTabProps {
  readonly service: ServiceDocument;
  readonly detail: ServiceDetailDocument;
}

export function StateTab({ service, detail }: StateTabProps): ReactNode {
  const problems = [...new Set([...service.problems, ...service.reasons])];
  return (
    <div className="stack wide-gap">
      {service.desired_state === "up" ? (
        <Way service={service} detail={detail} />
      ) : (
        <p className="notice info">It is told to stay stopped: hab svc start {visibleLine(service.name)}</p>
      )}
      {problems.length > 0 && (
        <section className="section" aria-labelledby="wrong">
          <h2 id="wrong">Needs attention</h2>
          <div className="card card-body">
            <ProblemList problems={problems.map((text) => ({ text }))} />
          </div>
        </section>
      )}
      <div className="thirds">
        <section className="section" aria-labelledby="process">
          <h2 id="process">Process</h2>
          <div className="card card-body">
            <ProcessFacts service={service} detail={detail} />
          </div>
        </section>
        <section className="section" aria-labelledby="release">
          <h2 id="release">Release and updates</h2>
          <div className="card card-body">
            <ReleaseFacts service={service} detail={detail} />
          </div>
        </section>
        <section className="section" aria-labelledby="group">
          <h2 id="group">Place</h2>
          <div className="card card-body">
            <Facts
              entries={[
                [
                  "Group",
                  <Link key="group" to={`/groups/${encodeURIComponent(service.service_group)}`}>
                    <bdi>{visibleLine(service.service_group)}</bdi>
                  </Link>,
                ],
                ["Topology", service.topology],
                ["Binding", detail.binding_mode],
                ["Health is checked every", secondsText(detail.health_interval_ms / 1000)],
              ]}
            />
          </div>
        </section>
      </div>
    </div>
  );
}

type StepState = "done" | "now" | "failed" | "ahead";

const STEP_ICONS: Readonly<Record<StepState, IconName>> = {
  done: "check",
  now: "clock",
  failed: "alert",
  ahead: "right",
};
const STEP_WORDS: Readonly<Record<StepState, string>> = {
  done: "done",
  now: "under way",
  failed: "failed",
  ahead: "not yet",
};

/** From loaded to ready: the first step that is not done is where it is. */
function Way({ service, detail }: StateTabProps): ReactNode {
  const areBound = detail.binds.every(({ required, status }) => !required || status === "satisfied");
  const isUp = service.state === "up";
  const steps: readonly (readonly [string, boolean])[] = [
    ["Installed", detail.account !== ""],
    ...(detail.binds.some(({ required }) => required)
      ? [["Bound", areBound || service.initialized] as const]
      : []),
    ["Initialized", service.initialized],
    ["Process up", isUp],
    ["Healthy", isUp && (service.health === "Ok" || service.health === "Warning")],
    ["Ready", service.ready === true],
  ];
  const at = steps.findIndex(([, isDone]) => !isDone);
  const isStuck =
    service.problems.length > 0 || service.health === "Critical" || service.next_restart_at !== null;
  const stateOf = (index: number): StepState => {
    if (at < 0 || index < at) return "done";
    return index > at ? "ahead" : isStuck ? "failed" : "now";
  };
  return (
    <ol className="way" aria-label="The way to being ready">
      {steps.map(([title], index) => {
        const state = stateOf(index);
        return (
          <li key={title} className={`way-step ${state}`} aria-current={index === at ? "step" : undefined}>
            <Icon name={STEP_ICONS[state]} size={16} />
            {title}
            <span className="visually-hidden">: {STEP_WORDS[state]}</span>
          </li>
        );
      })}
    </ol>
  );
}

const ENDS: Readonly<Record<string, string>> = {
  package_updated: "another release was to run",
  app_config_updated: "its configuration changed",
  init_hook_updated: "its init hook changed",
  run_hook_updated: "its run hook changed",
  post_run_hook_updated: "its post-run hook changed",
  init_hook_failed: "its init hook failed",
  run_hook_failed: "its process ended by itself",
  health_check_failed: "its health check said critical too often",
};

function ProcessFacts({ service, detail }: StateTabProps): ReactNode {
  const { last_end } = service;
  return (
    <Facts
      entries={[
        [
          service.state === "up" ? "Up" : "Down",
          <span key="since">
            <Moment at={service.since} />
            {service.pid !== null && <span className="soft"> as process {service.pid}</span>}
          </span>,
        ],
        ["User and group", detail.account === "" ? undefined : visibleLine(detail.account)],
        ["Restarts since the Supervisor started", String(service.restart_count)],
        [
          "Last end",
          last_end === null ? undefined : (
            <span key="end">
              <Moment at={last_end.at} />, because {ENDS[last_end.reason] ?? visibleLine(last_end.reason)}
            </span>
          ),
        ],
        [
          "Started again",
          service.next_restart_at === null ? undefined : <Moment key="next" at={service.next_restart_at} />,
        ],
        ["Has to stop within", secondsText(detail.shutdown_timeout_s)],
      ]}
    />
  );
}

function ReleaseFacts({ service, detail }: StateTabProps): ReactNode {
  return (
    <Facts
      entries={[
        ["Runs", <Release key="runs" ident={service.package} />],
        ["Asked for", <Release key="asked" ident={detail.asked_for} />],
        ["Channel", visibleLine(service.channel)],
        ["Depot", <bdi key="depot">{visibleLine(detail.depot)}</bdi>],
        [
          "Updates",
          service.update_strategy === "none"
            ? "none"
            : `${service.update_strategy}, ${service.update_condition}`,
        ],
        ["Waits", service.update_waits === null ? undefined : visibleLine(service.update_waits)],
      ]}
    />
  );
}

function secondsText(seconds: number): string {
  return `${numberText(seconds, 1)} s`;
}
