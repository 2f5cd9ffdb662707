// The control gateway protocol, both ends: what `hab svc …`, `hab config …` and the like say to a Supervisor
// (reference/supervisor.md §12).
export * from "./address.ts";
export { type CtlAnswer, type CtlRequestOptions, ctlRequest, refusalCode } from "./client.ts";
export * from "./errors.ts";
export * from "./frame.ts";
export { decodeCtlMessage, encodeCtlMessage } from "./lazy-codec.ts";
export { readCtlClientTls, readCtlServerTls } from "./lazy-tls.ts";
export * from "./limits.ts";
export * from "./messages.ts";
export { type CtlReplyStream, type CtlServer, type CtlServerOptions, serveCtl } from "./server.ts";
export type { CtlClientTls, CtlClientTlsFiles, CtlServerTls, CtlServerTlsFiles } from "./tls-files.ts";
