// Every page of the Supervisor, one line each, below `/ui`.
import { page } from "../shared/router/pages.ts";
import EventsPage from "./events/page.tsx";
import GroupsPage from "./groups/list-page.tsx";
import GroupPage from "./groups/page.tsx";
import OverviewPage from "./overview/page.tsx";
import RingPage from "./ring/page.tsx";
import ServicesPage from "./services/list-page.tsx";
import ServicePage from "./services/page.tsx";

export const PAGES = [
  page("/", OverviewPage),
  page("/services", ServicesPage),
  page("/services/:name", ServicePage),
  page("/services/:name/:tab", ServicePage),
  page("/groups", GroupsPage),
  page("/groups/:group", GroupPage),
  page("/ring", RingPage),
  page("/events", EventsPage),
];
