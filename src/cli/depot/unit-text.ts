// The text of a systemd unit for a depot (systemd.service(5), systemd.exec(5)). Pure.
import { commandWord, specifiersEscaped, unitFileText } from "../unit/text.ts";

export interface DepotUnit {
  /** Of the unit, without `.service`. */
  readonly name: string;
  /** How `hab` is started: its path; from source, the runtime and the program. */
  readonly program: readonly string[];
  /** The words after that: `depot run …`. */
  readonly words: readonly string[];
  readonly user: string;
  readonly dataDirectory: string;
  /** File with variables that only root may read. */
  readonly environmentFile?: string;
}

export function depotUnitText({
  name,
  program,
  words,
  user,
  dataDirectory,
  environmentFile,
}: DepotUnit): string {
  const data = commandWord(dataDirectory);
  const file = environmentFile === undefined ? "" : `EnvironmentFile=${specifiersEscaped(environmentFile)}\n`;
  return unitFileText(
    "hab depot install-unit",
    name,
    `[Unit]
Description=Habitat depot
Wants=network-online.target
After=network-online.target postgresql.service
# A start that fails is tried again for as long as it takes: a database may come up later.
StartLimitIntervalSec=0

[Service]
# Ready when it answers; asked for a sign of life, which the loop that answers requests gives.
Type=notify
NotifyAccess=main
User=${user}
# The directory is made for that user, outside the sandbox; it may be new.
ExecStartPre=+install -d -m 0700 -o ${user} ${data}
ExecStart=${[...program, ...words].map(commandWord).join(" ")}
${file}UMask=0077
TimeoutStartSec=5min
# Running uploads and downloads have ten seconds to end.
TimeoutStopSec=30
WatchdogSec=60
Restart=on-failure
RestartSec=2
LimitNOFILE=65536

# It writes to its own directory and nowhere else.
ProtectSystem=strict
ReadWritePaths=-${data}
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`,
  );
}
