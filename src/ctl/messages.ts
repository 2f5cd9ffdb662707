// The messages of the control gateway as plain values (reference/supervisor.md §12.4, §12.5). A field that was not sent
// is absent; a required one that was not sent has its zero value, as in the original. 64-bit numbers are bigints.

export const ErrCode = {
  Internal: 0,
  Io: 1,
  NotFound: 2,
  Conflict: 3,
  Unauthorized: 4,
  NotSupported: 5,
  BadPayload: 6,
  InvalidPayload: 7,
  EntityTooLarge: 8,
  UpdateClient: 9,
  TlsHandshakeFailed: 10,
} as const;
export const ProcessState = { Down: 0, Up: 1 } as const;
export const DesiredState = { None: -1, Down: 0, Up: 1 } as const;
export const Topology = { Standalone: 0, Leader: 1 } as const;
export const UpdateStrategy = { None: 0, AtOnce: 1, Rolling: 2 } as const;
export const UpdateCondition = { Latest: 0, TrackChannel: 1 } as const;
export const BindingMode = { Relaxed: 0, Strict: 1 } as const;
export const ConfigurationFormat = { Toml: 0 } as const;

export interface CtlPackageIdent {
  origin: string;
  name: string;
  version?: string;
  release?: string;
}

export interface CtlServiceGroup {
  service: string;
  group: string;
  organization?: string;
}

export interface CtlServiceBind {
  name: string;
  serviceGroup: CtlServiceGroup;
}

export interface CtlServiceBindList {
  binds: CtlServiceBind[];
}

export interface CtlHealthCheckInterval {
  seconds: bigint;
}

/** Ours: what goes before what the package says of a hook. */
export interface CtlHookSetting {
  hook: string;
  timeout?: number;
  interval?: number;
  failures?: number;
  restartAfter?: number;
}

export interface CtlHookSettings {
  hooks: CtlHookSetting[];
}

/** What only the handshake carries. */
export interface HandshakeMessages {
  Handshake: { secretKey?: string };
}

/** Message name → its fields: what a client may ask. Numbers of enumerations may be ones we do not know. */
export interface CtlRequests {
  SvcLoad: {
    ident?: CtlPackageIdent;
    binds?: CtlServiceBindList;
    bldrUrl?: string;
    bldrChannel?: string;
    configFrom?: string;
    force?: boolean;
    group?: string;
    svcEncryptedPassword?: string;
    topology?: number;
    updateStrategy?: number;
    bindingMode?: number;
    healthCheckInterval?: CtlHealthCheckInterval;
    shutdownTimeout?: number;
    updateCondition?: number;
    /** Ours. */
    hookSettings?: CtlHookSettings;
  };
  SvcUpdate: {
    ident?: CtlPackageIdent;
    binds?: CtlServiceBindList;
    bindingMode?: number;
    bldrUrl?: string;
    bldrChannel?: string;
    group?: string;
    svcEncryptedPassword?: string;
    topology?: number;
    updateStrategy?: number;
    healthCheckInterval?: CtlHealthCheckInterval;
    shutdownTimeout?: number;
    updateCondition?: number;
    /** Ours. */
    hookSettings?: CtlHookSettings;
  };
  SvcUnload: { ident?: CtlPackageIdent; timeoutInSeconds?: number };
  SvcStart: { ident?: CtlPackageIdent };
  SvcStop: { ident?: CtlPackageIdent; timeoutInSeconds?: number };
  /** `withReadiness` is ours. */
  SvcStatus: { ident?: CtlPackageIdent; withReadiness?: boolean };
  /** Ours: lines that services printed; of all without `ident`. */
  SvcLogs: { ident?: CtlPackageIdent; lines?: number; since?: bigint; follow?: boolean };
  /** `serviceGroup` (asks by group) and `withLayers` are ours. */
  SvcGetDefaultCfg: { ident?: CtlPackageIdent; serviceGroup?: CtlServiceGroup; withLayers?: boolean };
  SvcValidateCfg: { serviceGroup?: CtlServiceGroup; format?: number; cfg?: Uint8Array };
  SvcSetCfg: { serviceGroup?: CtlServiceGroup; cfg?: Uint8Array; version?: bigint; isEncrypted?: boolean };
  SvcFilePut: {
    serviceGroup?: CtlServiceGroup;
    content?: Uint8Array;
    filename?: string;
    version?: bigint;
    isEncrypted?: boolean;
  };
  SupDepart: { memberId?: string };
  /** `retryRefused` is ours. */
  SupRestart: { retryRefused?: boolean };
}

/** Message name → its fields: what a Supervisor may answer. */
export interface CtlReplies {
  /** Ours: what is wrong with the Supervisor itself, a line each; in the answer to SvcStatus. */
  NetOk: { supervisorProblems?: string };
  NetErr: { code: number; msg: string };
  NetProgress: { total: bigint; position: bigint };
  ConsoleLine: { line: string; color?: string; bold: boolean };
  /** `effective` (TOML) and `layers` (JSON, layer → table) are ours. */
  ServiceCfg: { format?: number; default?: string; effective?: string; layers?: string };
  ServiceStatus: {
    ident: CtlPackageIdent;
    process?: { elapsed?: bigint; pid?: number; state: number };
    serviceGroup: CtlServiceGroup;
    desiredState?: number;
    /** Ours: what is wrong while the last good configuration is in force, a line each. */
    problems?: string;
    /** Ours: why it is not ready, a line each; empty when it is. */
    notReady?: string;
    /** Ours: about to be stopped. */
    draining?: boolean;
    /** Ours: what is wrong with the Supervisor itself, a line each; in the last reply. */
    supervisorProblems?: string;
  };
  /** Ours. */
  LogLine: { serviceGroup: string; errorStream: boolean; at: bigint; line: string; afterGap?: boolean };
}

export type CtlMessages = HandshakeMessages & CtlRequests & CtlReplies;
export type CtlMessageName = keyof CtlMessages;

type Named<Messages> = {
  [Name in keyof Messages]: { message: Name; fields: Messages[Name] };
}[keyof Messages];

/** A request with its fields: `{ message: "SvcStop", fields: { ident } }`. */
export type CtlRequest = Named<CtlRequests>;
/** A reply with its fields. */
export type CtlReply = Named<CtlReplies>;
/** Any message with its fields. */
export type CtlMessage = Named<CtlMessages>;

const REQUEST_NAMES: { readonly [Name in keyof CtlRequests]: true } = {
  SvcLoad: true,
  SvcUpdate: true,
  SvcUnload: true,
  SvcStart: true,
  SvcStop: true,
  SvcStatus: true,
  SvcLogs: true,
  SvcGetDefaultCfg: true,
  SvcValidateCfg: true,
  SvcSetCfg: true,
  SvcFilePut: true,
  SupDepart: true,
  SupRestart: true,
};

/** Whether a message id is one of the requests. */
export function isRequestName(name: string): name is keyof CtlRequests {
  return Object.hasOwn(REQUEST_NAMES, name);
}
