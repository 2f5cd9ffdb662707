// The text of a systemd unit for the Supervisor (systemd.service(5), systemd.exec(5)). Pure.
import { commandWord, quoted, specifiersEscaped, unitFileText } from "../unit/text.ts";

export interface UnitParts {
  /** Of the unit, without `.service`. */
  readonly name: string;
  /** How `hab` is started: its path; from source, the runtime and the program. */
  readonly program: readonly string[];
  /** The words after that: `sup run …`. */
  readonly words: readonly string[];
  readonly environment: readonly (readonly [name: string, value: string])[];
  /** File with variables that only root may read. */
  readonly environmentFile?: string;
}

/** The unit. */
export function unitText(parts: UnitParts): string {
  return unitFileText("hab sup install-unit", parts.name, unitBody(parts));
}

function unitBody({ program, words, environment, environmentFile }: UnitParts): string {
  const command = (...more: string[]) => [...program, ...more].map(commandWord).join(" ");
  const variables = environment
    .map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}\n`)
    .join("");
  const file = environmentFile === undefined ? "" : `EnvironmentFile=${specifiersEscaped(environmentFile)}\n`;
  return `[Unit]
Description=Habitat Supervisor
Wants=network-online.target
After=network-online.target
# A start that fails is tried again for as long as it takes.
StartLimitIntervalSec=0

[Service]
# The launcher is the main process. It tells when the Supervisor serves, what goes on, and how long the end may take.
Type=notify
NotifyAccess=exec
ExecStart=${command(...words)}
# The Supervisor is replaced; the services do not notice.
ExecReload=${command("hab-launch", "reload")}
# Signals go to the launcher alone: it has the services stopped in order, each by its own signal and in its own time. What
# follows does the same where the launcher was killed, and ends what is left after an orderly end.
KillMode=process
ExecStopPost=-${command("hab-launch", "sweep")}
${variables}${file}UMask=0022

# The first start may have to download the service it is given.
TimeoutStartSec=15min
# Longer when the launcher says that services need longer.
TimeoutStopSec=90
# A Supervisor that hangs is replaced by the launcher after at most three fifths of this time, its services untouched. This is
# for the launcher itself, which can do nothing any more then.
WatchdogSec=60
WatchdogSignal=SIGKILL
Restart=on-failure
RestartSec=2
# The Supervisor says that to start it again would not help: it has departed, or an option is wrong.
RestartPreventExitStatus=86

# All services are in this unit: none of them is to end the others, by their number or by what one does with its memory.
TasksMax=infinity
OOMPolicy=continue

# Services may be anything, run as any user and write anywhere, so nothing of that is taken away. What no service has a
# claim to: more rights than it was started with, another kernel, the hardware's ports, a reboot of the machine.
NoNewPrivileges=yes
LockPersonality=yes
CapabilityBoundingSet=~CAP_SYS_MODULE CAP_SYS_BOOT CAP_SYS_RAWIO CAP_MAC_ADMIN CAP_MAC_OVERRIDE
SystemCallArchitectures=native
SystemCallFilter=~@module @reboot @swap @raw-io @obsolete @cpu-emulation
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;
}
