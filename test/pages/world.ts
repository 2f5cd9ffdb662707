// For the tests of the depot's pages and for its pictures: a depot with people of all roles, packages as rows (rows.ts), and a
// few real ones, uploaded, that have everything a page can show.
import { Secret } from "../../src/crypto/index.ts";
import { type DepotOptions, setPassword } from "../../src/depot/index.ts";
import type { TestDepot } from "../../src/depot/testing/depot.ts";
import { makeHart, publicKeyText } from "../../src/depot/testing/harts.ts";
import { type PromotionWorld, startPromotionWorld } from "../../src/depot/testing/promotion.ts";
import type { OpenPage } from "./browser.ts";
import { fill, graphPackages, manyPackages } from "./rows.ts";
import { WEB, WEB_FILES } from "./shop.ts";

/** Uploads a real hart with these files. */
export async function uploadHart(
  depot: TestDepot,
  token: string,
  ident: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const [origin = ""] = ident.split("/");
  const revision = /-(\d{14})\n/.exec(publicKeyText(origin))?.[1] ?? "";
  await depot.call("POST", "/depot/origins", { token, json: { name: origin } });
  await depot.call("POST", `/depot/origins/${origin}/keys/${revision}`, {
    token,
    body: publicKeyText(origin),
  });
  const hart = await makeHart(ident, files);
  const path = `/depot/pkgs/${ident}?checksum=${hart.checksum}&target=x86_64-linux`;
  const { status } = await depot.call("POST", path, { token, body: hart.bytes });
  if (status !== 201) throw new Error(`upload of ${ident}: ${status}`);
}

/** Two releases of a package with next to nothing in it, of the origin whose people there are. */
export const APP1 = "acme/app/1.0.0/20260101000001";
export const APP2 = "acme/app/2.0.0/20260101000002";

/** Of everybody in the world. */
export const PASSWORD = "correct horse battery staple";
const PEOPLE = ["olga", "adam", "mia", "max", "rita", "eve"] as const;
export type Person = (typeof PEOPLE)[number];

export interface PagesWorld extends PromotionWorld {
  /** The release with a graph of 200 packages. */
  readonly top: string;
}

/** A depot with the people of startPromotionWorld, so many packages, a graph of 200, the shop, and two releases of an app. */
export async function startPagesWorld(
  packages: number,
  options: Pick<DepotOptions, "webhookTargets" | "signInFile"> = {},
): Promise<PagesWorld> {
  const world = await startPromotionWorld(options);
  try {
    const graph = graphPackages(200);
    await fill(world.depot, "olga", [...graph.packages, ...manyPackages(packages)]);
    await uploadHart(world.depot, "token-olga", WEB, WEB_FILES);
    for (const ident of [APP1, APP2]) await world.upload(ident);
    for (const name of PEOPLE) await setPassword(world.depot.place, name, new Secret(PASSWORD));
    return { ...world, top: graph.top };
  } catch (error) {
    await world.stop();
    throw error;
  }
}

/** Signs somebody in behind the page, which is quicker than by the page of its own; the cookie is the window's. */
export async function signInAs({ context }: OpenPage, url: string, name: Person): Promise<void> {
  const answer = await context.request.post(`${url}/v1/sign-in/password`, {
    data: { name, password: PASSWORD },
    headers: { Origin: url },
  });
  if (answer.status() !== 200) throw new Error(`${name} is not let in: ${answer.status()}`);
}
