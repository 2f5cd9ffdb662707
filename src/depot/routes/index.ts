// All routes, in the order in which they are tried: more particular ones before the patterns that would take them
// (reference/depot-api.md §2).
import type { Route } from "../route.ts";
import { accessTokenRoutes } from "./access-tokens.ts";
import { channelWriteRoutes } from "./channel-writes.ts";
import { channelRoutes } from "./channels.ts";
import { dependentRoutes } from "./dependents.ts";
import { historyRoutes } from "./history.ts";
import { integrationRoutes } from "./integrations.ts";
import { invitationRoutes } from "./invitations.ts";
import { keyRoutes } from "./keys.ts";
import { memberRoutes } from "./members.ts";
import { originSecretRoutes } from "./origin-secrets.ts";
import { originRoutes } from "./origins.ts";
import { packageNameRoutes, packageSettingsRoutes } from "./package-settings.ts";
import { packageWriteRoutes } from "./package-writes.ts";
import { packageRoutes } from "./packages.ts";
import { profileRoutes } from "./profile.ts";
import { searchRoutes } from "./search.ts";
import { sessionRoutes } from "./sessions.ts";
import { transferRoutes } from "./transfer.ts";
import { uploadPieceRoutes } from "./upload-pieces.ts";

export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...searchRoutes,
  ...channelRoutes,
  ...packageNameRoutes,
  ...channelWriteRoutes,
  ...dependentRoutes,
  ...originRoutes,
  ...memberRoutes,
  ...invitationRoutes,
  ...keyRoutes,
  ...originSecretRoutes,
  ...integrationRoutes,
  ...historyRoutes,
  ...transferRoutes,
  ...uploadPieceRoutes,
  ...packageRoutes,
  ...packageWriteRoutes,
  ...packageSettingsRoutes,
  ...profileRoutes,
  ...accessTokenRoutes,
];
