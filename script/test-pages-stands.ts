// Where script/test-pages visits pages: a depot with many packages, a ring of five in the midst of a rolling update, and a gateway
// that tells of a thousand members.
import { fillDepot, nameOf } from "../bench/depot-fill.ts";
import type { OpenPage } from "../test/pages/browser.ts";
import { startPagesRing } from "../test/pages/ring.ts";
import { fill, RELEASE } from "../test/pages/rows.ts";
import { WEB } from "../test/pages/shop.ts";
import {
  detailDocument,
  peerDocument,
  ringOf,
  selfDocument,
  serviceDocument,
  startStage,
} from "../test/pages/supervisor-stage.ts";
import { APP1, signInAs, startPagesWorld } from "../test/pages/world.ts";

/** Where pages are visited. */
export interface Stand {
  readonly name: string;
  readonly url: string;
  /** Below which its pages are. */
  readonly base: "" | "/ui";
  /** Whether every page of the table has to be among them. */
  readonly isWhole: boolean;
  /** What every pattern of its table is tried with. */
  readonly addresses: readonly string[];
  /** Cookies and the like: makes the window somebody's. */
  enter(open: OpenPage): Promise<void>;
  stop(): Promise<void>;
}

const LONG = "n".repeat(255);

/** A depot with so many packages of so many releases, besides those of startPagesWorld, as an administrator of acme sees it. */
export async function startDepotStand(packages: number, releases: number): Promise<Stand> {
  const world = await startPagesWorld(0);
  try {
    const { depot } = world;
    await fillDepot(depot.place, packages, releases);
    await fill(depot, "olga", [
      {
        ...{ origin: "core", name: LONG, description: "قاعدة بيانات سريعة" },
        versions: Array.from({ length: 5000 }, (_, index) => `${Math.floor(index / 100)}.${index % 100}.0`),
      },
    ]);
    const request = await prepare(world);
    const { origin, name } = nameOf(1);
    return {
      name: `A depot of ${packages} × ${releases} packages`,
      ...{ url: depot.url, base: "", isWhole: true },
      addresses: [
        ...[
          "/",
          "/?q=tool",
          "/sign-in",
          "/sign-in/device",
          "/profile",
          "/profile?tab=tokens",
          "/profile?tab=sessions",
          "/origins",
        ],
        ...["/origins/acme/channels", `/origins/${origin}/channels`],
        ...[
          "unstable",
          "stable",
          "stable?tab=history",
          "stable?tab=gate",
          "unstable?tab=compare&with=stable",
        ].map((rest) => `/origins/acme/channels/${rest}`),
        `/origins/${origin}/channels/stable`,
        ...["requests", `requests/${request}`, "keys", "members", "audit", "settings"].map(
          (rest) => `/origins/acme/${rest}`,
        ),
        ...[
          `/pkgs/${origin}`,
          `/pkgs/${origin}/${name}`,
          `/pkgs/core/${LONG}`,
          `/pkgs/${WEB.split("/", 2).join("/")}/latest`,
        ],
        ...[`/pkgs/${origin}/${name}/1.0.0`, `/pkgs/${WEB}`],
        ...["contents", "dependencies", "config", "plan", "records"].map((tab) => `/pkgs/${WEB}?tab=${tab}`),
        ...[
          `/pkgs/${world.top}?tab=dependencies`,
          `/pkgs/core/part-1/1.1.0/${RELEASE}`,
          "/pkgs/no/such/thing/here",
        ],
      ],
      enter: (open: OpenPage) => signInAs(open, depot.url, "adam"),
      stop: () => world.stop(),
    };
  } catch (error) {
    await world.stop();
    throw error;
  }
}

/** Something in every list: a promotion, a gate with a request, a secret, an integration, a webhook, a token. Gives the request. */
async function prepare(world: Awaited<ReturnType<typeof startPagesWorld>>): Promise<string> {
  await world.ask("mia", "POST", "/depot/channels/acme/promotions", { to: "stable", idents: [WEB] });
  await world.ask("adam", "PUT", "/depot/channels/acme/stable/gate", {
    approvals: 2,
    approvers: { roles: ["maintainer"] },
  });
  const asked = await world.ask("mia", "POST", "/depot/channels/acme/promotions", {
    ...{ to: "stable", idents: [APP1], comment: "Mends the basket: שלום" },
  });
  await world.ask("adam", "POST", "/depot/origins/acme/webhooks", {
    ...{ url: "https://hooks.example/acme", events: ["upload", "promotion"] },
  });
  await world.ask("adam", "PUT", "/depot/origins/acme/integrations/docker/hub", {
    ...{ username: "acme", password: "of-the-registry" },
  });
  await world.ask("adam", "POST", "/depot/origins/acme/users/eve/invitations");
  return (asked.body as { readonly request: { readonly id: string } }).request.id;
}

/** The first of five members, the third of which is taking the next release. */
export async function startSupervisorStand(): Promise<Stand> {
  const ring = await startPagesRing();
  try {
    await ring.beginUpdate();
    for (let done = 0; done < 2; done++) await ring.letOneThrough();
  } catch (error) {
    await ring.stop();
    throw error;
  }
  return {
    name: "A ring of five, a rolling update under way",
    ...{ url: ring.url, base: "/ui", isWhole: true },
    addresses: [
      ...["/ui", "/ui/services", "/ui/services/shop", "/ui/services/shop/config", "/ui/services/shop/hooks"],
      ...["/ui/services/shop/health", "/ui/services/proxy/binds", "/ui/services/none", "/ui/groups"],
      ...["/ui/groups/shop.default", "/ui/ring", "/ui/events", "/ui/nothing"],
    ],
    enter: async () => undefined,
    stop: () => ring.stop(),
  };
}

/** A gateway that tells of a thousand members, all in one group, and of forty services. */
export async function startThousandStand(): Promise<Stand> {
  const stage = startStage();
  const members = ringOf(1000);
  const services = Array.from({ length: 40 }, (_, index) => serviceDocument(`service-${index}`));
  const group = {
    ...{
      service_group: "redis.default",
      members: 1000,
      alive: 980,
      serving: 975,
      election: null,
      leader: null,
    },
    ...{ config_version: null, files: [], hosts: {}, update: null },
    releases: [{ package: "core/redis/7.2.4/20260612080000", members: 1000 }],
  };
  stage.set({
    self: selfDocument({ members: { alive: 984, suspect: 10, confirmed: 4, departed: 2 } }),
    ...Object.fromEntries(services.map((service) => [`service/${service.name}`, service])),
    "detail/service-1": detailDocument(),
    "group/redis.default": group,
    ...members,
    ...Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => {
        const peer = peerDocument(index);
        return [`peer/redis.default/${peer.id}`, peer];
      }),
    ),
  });
  return {
    name: "A ring of a thousand",
    ...{ url: stage.url, base: "/ui", isWhole: false },
    addresses: [
      ...["/ui", "/ui/services", "/ui/services/service-1", "/ui/services/service-1/config", "/ui/groups"],
      ...["/ui/groups/redis.default", "/ui/ring", "/ui/ring?find=host-0500", "/ui/events"],
    ],
    enter: async () => undefined,
    stop: () => stage.stop(),
  };
}
