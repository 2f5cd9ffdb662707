// Of depot.test.ts: what its parts share: one browser, and one depot with people, packages, and a service that signs people in.
import type { OpenOptions, OpenPage } from "./browser.ts";
import type { PagesWorld, Person } from "./world.ts";

export interface DepotStand {
  readonly world: PagesWorld;
  /** Where the other service is that knows people. */
  readonly issuer: string;
  /** A window of somebody who is not signed in. */
  open(options?: OpenOptions): Promise<OpenPage>;
  /** A window in which somebody is signed in. Signing in by its page is a test of its own. */
  openAs(name: Person, expected?: OpenOptions["expected"]): Promise<OpenPage>;
}
