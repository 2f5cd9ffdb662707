// The original's black-box suite, row by row in its order (reference/depot-api.md §20), against a depot of this process or the
// one at HAB_DEPOT_SUITE_URL: fresh, and started with accounts.toml. Rows beyond the original's stand where their state is.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type DepotUnderTest, depotUnderTest, SUITE_URL } from "./client.ts";
import { suiteOf } from "./rows.ts";
import { channels } from "./suite/channels.ts";
import { integrations, keys, misc, profile } from "./suite/keys.ts";
import { origins } from "./suite/origins.ts";
import { packages } from "./suite/packages.ts";
import { invitations, sessions, settings } from "./suite/people.ts";
import { etc, roles } from "./suite/roles.ts";

let depot: DepotUnderTest;
beforeAll(async () => {
  depot = await depotUnderTest(SUITE_URL);
});
afterAll(async () => {
  await depot.stop();
});

const suite = suiteOf(() => depot);

describe("origins", () => origins(suite));
describe("sessions", () => sessions(suite));
describe("invitations", () => invitations(suite));
describe("settings", () => settings(suite));
describe("packages", () => packages(suite));
describe("channels", () => channels(suite));
describe("keys", () => keys(suite));
describe("integrations", () => integrations(suite));
describe("profile", () => profile(suite));
describe("misc", () => misc(suite));
describe("roles", () => roles(suite));
describe("etc", () => etc(suite));

test("every answer was as the API's description says", () => {
  expect(depot.answers()).toBeGreaterThan(422);
});
