// All routes, in the order in which they are tried: more particular ones before the patterns that would take them
// (reference/depot-api.md §2).
import type { Route } from "../route.ts";
import { accessTokenRoutes } from "./access-tokens.ts";
import { channelHistoryRoutes } from "./channel-history.ts";
import { channelWriteRoutes } from "./channel-writes.ts";
import { channelRoutes } from "./channels.ts";
import { dependentRoutes } from "./dependents.ts";
import { gateRoutes } from "./gates.ts";
import { historyRoutes } from "./history.ts";
import { integrationRoutes } from "./integrations.ts";
import { invitationRoutes } from "./invitations.ts";
import { keyRoutes } from "./keys.ts";
import { lookRoutes } from "./looks.ts";
import { memberRoutes } from "./members.ts";
import { originSecretRoutes } from "./origin-secrets.ts";
import { originRoutes } from "./origins.ts";
import { packageNameRoutes, packageSettingsRoutes } from "./package-settings.ts";
import { packageWriteRoutes } from "./package-writes.ts";
import { packageRoutes } from "./packages.ts";
import { profileRoutes } from "./profile.ts";
import { profileSignInRoutes } from "./profile-sign-in.ts";
import { promotionRequestRoutes } from "./promotion-requests.ts";
import { promotionRoutes } from "./promotions.ts";
import { searchRoutes } from "./search.ts";
import { sessionRoutes } from "./sessions.ts";
import { signInRoutes } from "./sign-in.ts";
import { signInDeviceRoutes } from "./sign-in-device.ts";
import { signInRedirectRoutes } from "./sign-in-redirect.ts";
import { signInTokenRoutes } from "./sign-in-token.ts";
import { streamRoutes } from "./stream.ts";
import { transferRoutes } from "./transfer.ts";
import { uploadPieceRoutes } from "./upload-pieces.ts";
import { webhookRoutes } from "./webhooks.ts";

export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...signInRoutes,
  ...signInTokenRoutes,
  ...signInDeviceRoutes,
  ...signInRedirectRoutes,
  ...searchRoutes,
  ...lookRoutes,
  ...channelRoutes,
  ...packageNameRoutes,
  ...channelHistoryRoutes,
  ...gateRoutes,
  ...promotionRequestRoutes,
  ...promotionRoutes,
  ...channelWriteRoutes,
  ...dependentRoutes,
  ...originRoutes,
  ...memberRoutes,
  ...invitationRoutes,
  ...keyRoutes,
  ...originSecretRoutes,
  ...integrationRoutes,
  ...historyRoutes,
  ...streamRoutes,
  ...webhookRoutes,
  ...transferRoutes,
  ...uploadPieceRoutes,
  ...packageRoutes,
  ...packageWriteRoutes,
  ...packageSettingsRoutes,
  ...profileRoutes,
  ...profileSignInRoutes,
  ...accessTokenRoutes,
];
