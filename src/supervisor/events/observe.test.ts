import { describe, expect, test } from "bun:test";
import { emptyCensus } from "../census/census.ts";
import { censusEvents, type SeenService, serviceEvents } from "./observe.ts";

const up: SeenService = {
  service_group: "web.default",
  package: "core/web/1/2",
  desired_state: "up",
  up: true,
  pid: 7,
  initialized: true,
  health: "Ok",
  notReady: [],
  draining: false,
};

describe("a service", () => {
  test("that looks the same tells nothing", () => expect(serviceEvents(up, { ...up })).toEqual([]));

  test("that ended tells its state and its health", () => {
    expect(serviceEvents(up, { ...up, up: false, pid: null, health: "Critical" })).toEqual([
      {
        kind: "service",
        data: {
          service_group: "web.default",
          package: "core/web/1/2",
          state: "down",
          pid: null,
          initialized: true,
          desired_state: "up",
        },
      },
      {
        kind: "health",
        data: { service_group: "web.default", result: "critical", previous: "ok" },
      },
    ]);
  });

  test("whose health alone changed tells that alone", () => {
    expect(serviceEvents(up, { ...up, health: "Warning" }).map(({ kind }) => kind)).toEqual(["health"]);
  });

  test("that is not ready any more, or drains, says so and why; one that is to be down says nothing of it", () => {
    const notReady = ["its process is down"];
    expect(serviceEvents(up, { ...up, notReady, draining: true })).toEqual([
      {
        kind: "readiness",
        data: { service_group: "web.default", ready: false, reasons: notReady, draining: true },
      },
    ]);
    expect(serviceEvents(up, { ...up, notReady: undefined })).toEqual([]);
  });

  test("that was unloaded says so; one never seen says nothing", () => {
    expect(serviceEvents(up, undefined)).toMatchObject([{ data: { state: "unloaded", pid: null } }]);
    expect(serviceEvents(undefined, undefined)).toEqual([]);
  });
});

describe("a group", () => {
  const group = {
    serviceGroup: "web.default",
    electionStatus: "ElectionFinished",
    updateElectionStatus: "None",
    pkgIncarnation: 0n,
    leaderId: "a",
    updateLeaderId: undefined,
    serviceConfig: { incarnation: 3n, value: new Map() },
    population: new Map(),
    changedServiceFiles: [],
    serviceFiles: new Map([["x", { filename: "x", incarnation: 2n, body: new Uint8Array() }]]),
  } as const;
  const before = emptyCensus("me");
  const after = { ...before, groups: new Map([["web.default", group]]) };

  test("tells configuration, files and its leader once", () => {
    expect(censusEvents(before, after)).toEqual([
      { kind: "config", data: { service_group: "web.default", incarnation: "3" } },
      { kind: "file", data: { service_group: "web.default", filename: "x", incarnation: "2" } },
      {
        kind: "election",
        data: { service_group: "web.default", election: "leader", status: "finished", leader_id: "a" },
      },
    ]);
    expect(censusEvents(after, after)).toEqual([]);
  });

  test("that changes its leader tells the new one", () => {
    const next = { ...before, groups: new Map([["web.default", { ...group, leaderId: "b" }]]) };
    expect(censusEvents(after, next)).toMatchObject([{ kind: "election", data: { leader_id: "b" } }]);
  });
});
