// The depot's API as typed calls. What parses answers is loaded with the first one.
export type { AccountClient, BegunSignIn, NewToken } from "./account-calls.ts";
export { createDepotClient } from "./client.ts";
export type { ConnectionOptions } from "./connection.ts";
export { depotDate } from "./date.ts";
export { clientErrors } from "./errors.ts";
export type { DepotEvent, ListenOptions } from "./events.ts";
export { DepotFailure } from "./failure.ts";
export {
  type GatherEvent,
  type Gathered,
  type GatherOptions,
  gatherPackages,
  makeGatherDirectories,
  type SeedSet,
} from "./gather.ts";
export { depotPackageSource } from "./package-source.ts";
export type {
  ChannelComparison,
  ChannelGate,
  ChannelHistoryEntry,
  ChannelRollback,
  NewWebhook,
  PromotedSet,
  PromotionRequest,
  Webhook,
  WebhookDelivery,
} from "./promotion-answers.ts";
export type { GateWords, Listed, PromotionClient, RollbackWords, SetWords } from "./promotion-calls.ts";
export {
  type PublishEvent,
  type Published,
  type PublishOptions,
  promote,
  publishPackage,
} from "./publish.ts";
export { isWorthRetrying, pause } from "./retry.ts";
export { trustedCertificates } from "./trust.ts";
export {
  type ChannelChange,
  type DepotClient,
  type DepotPackage,
  MEMBER_ROLES,
  type MemberRole,
  type OriginClient,
  type OriginInfo,
  type OriginInvitation,
  type PackageChannel,
  type SearchResult,
  type UploadOptions,
} from "./types.ts";
