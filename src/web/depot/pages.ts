// Every page of the depot, one line each. The addresses are those of the original's pages where it had the same.
import { page } from "../shared/router/pages.ts";
import AuditPage from "./audit/page.tsx";
import ChannelsPage from "./channels/list-page.tsx";
import ChannelPage from "./channels/page.tsx";
import HomePage from "./home/page.tsx";
import KeysPage from "./keys/page.tsx";
import MembersPage from "./members/page.tsx";
import OriginPage from "./origin/page.tsx";
import OriginsPage from "./origins/page.tsx";
import LatestPage from "./package/latest-page.tsx";
import PackagePage from "./package/page.tsx";
import VersionPage from "./package/version-page.tsx";
import ProfilePage from "./profile/page.tsx";
import ReleasePage from "./release/page.tsx";
import RequestsPage from "./requests/list-page.tsx";
import RequestPage from "./requests/page.tsx";
import SettingsPage from "./settings/page.tsx";
import DevicePage from "./sign-in/device.tsx";
import SignInPage from "./sign-in/page.tsx";

export const PAGES = [
  page("/", HomePage),
  page("/sign-in", SignInPage),
  page("/sign-in/device", DevicePage),
  page("/profile", ProfilePage),
  page("/origins", OriginsPage),
  page("/origins/:origin/channels", ChannelsPage),
  page("/origins/:origin/channels/:channel", ChannelPage),
  page("/origins/:origin/requests", RequestsPage),
  page("/origins/:origin/requests/:id", RequestPage),
  page("/origins/:origin/keys", KeysPage),
  page("/origins/:origin/members", MembersPage),
  page("/origins/:origin/audit", AuditPage),
  page("/origins/:origin/settings", SettingsPage),
  page("/pkgs/:origin", OriginPage),
  page("/pkgs/:origin/:name", PackagePage),
  page("/pkgs/:origin/:name/latest", LatestPage),
  page("/pkgs/:origin/:name/:version", VersionPage),
  page("/pkgs/:origin/:name/:version/:release", ReleasePage),
];
