// What a Supervisor is started with, fully resolved: command line, environment and files have been merged
// (reference/supervisor.md §3).
import type { Secret } from "../crypto/index.ts";
import type { CtlRequests, CtlServerTlsFiles } from "../ctl/index.ts";
import type { EventStreamOptions } from "./event-stream/event-stream.ts";
import type { PackageOrigin } from "./install.ts";
import type { RestartConfig } from "./plan/restart.ts";

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export interface SupervisorOptions {
  /** The version of Habitat that this program is compatible with. */
  readonly version: string;
  readonly listenGossip: ListenAddress;
  readonly listenHttp: ListenAddress;
  readonly httpDisabled: boolean;
  readonly listenCtl: ListenAddress;
  /** Absent: no TLS. */
  readonly ctlTls?: CtlServerTlsFiles;
  readonly organization?: string;
  readonly permanentPeer: boolean;
  /** Where others reach us, when that is not where our datagrams come from. */
  readonly advertiseGossip?: ListenAddress;
  /** `HOST` or `HOST:PORT` of members to join. */
  readonly peers: readonly string[];
  readonly peerWatchFile?: string;
  /** Name of the ring key in the key cache; goes before `ringKey`. */
  readonly ring?: string;
  /** Text of the ring key; goes into the key cache. */
  readonly ringKey?: Secret<string>;
  readonly cacheKeyPath?: string;
  readonly sysIpAddress?: string;
  readonly restart: RestartConfig;
  readonly serviceUpdatePeriodSeconds: number;
  /** Looks for newer releases of its own program; absent: it does not. */
  readonly autoUpdate?: { readonly from: PackageOrigin; readonly periodSeconds: number };
  readonly keepLatestPackages?: number;
  /** Service to load at the start: fields of a load request, and the package file they come from, if any. */
  readonly load?: { readonly fields: CtlRequests["SvcLoad"]; readonly artifact?: string };
  readonly httpTls?: CtlServerTlsFiles;
  readonly eventStream?: EventStreamOptions;
  readonly noColor: boolean;
  readonly jsonLogging: boolean;
  /** Depot token of cli.toml; HAB_AUTH_TOKEN goes before it. */
  readonly depotToken?: Secret<string>;
}
