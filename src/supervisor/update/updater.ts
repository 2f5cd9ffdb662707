// Looks for new releases of one service while its strategy wants it (reference/services.md §15): a timer between two
// looks, nothing else. A slow or absent depot holds up only the updates of this service.
import { describeError } from "../../error/index.ts";
import { compareIdents, type FullIdent, formatIdent, type PackageIdent } from "../../package/index.ts";
import type { CensusGroup } from "../census/census.ts";
import type { Output } from "../output.ts";
import { nextUpdateStep, updateSuitability } from "../plan/update.ts";
import type { ServiceSpec } from "../spec/spec.ts";

export interface UpdaterOptions {
  readonly spec: ServiceSpec;
  readonly group: string;
  readonly running: FullIdent;
  readonly memberId: string;
  readonly periodMs: number;
  readonly random: () => number;
  readonly census: () => CensusGroup | undefined;
  readonly output: Output;
  /** The release the service should run: installed when this resolves. */
  readonly find: (
    ident: PackageIdent,
    spec: ServiceSpec,
    signal: AbortSignal,
  ) => Promise<FullIdent | undefined>;
  readonly install: (ident: FullIdent, spec: ServiceSpec, signal: AbortSignal) => Promise<void>;
  readonly apply: (ident: FullIdent, pkgIncarnation: bigint | undefined) => void;
  /** Takes part in the election of who leads the group's rolling update. */
  readonly elect: (suitability: bigint) => void;
}

export interface Updater {
  /** The census changed: a step that waited for it may be due. */
  wake(): void;
  stop(): void;
}

export function startUpdater(options: UpdaterOptions): Updater {
  const { spec, group, running, output, periodMs } = options;
  const life = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let working = false;
  let waitsForCensus = false;
  let stands = false;

  const stand = () => {
    if (stands || life.signal.aborted) return;
    const suitability = updateSuitability(spec, options.memberId, options.census());
    if (suitability === undefined) return;
    stands = true;
    options.elect(suitability);
  };

  const look = async () => {
    if (life.signal.aborted || working) return;
    working = true;
    waitsForCensus = false;
    try {
      const found = await takeStep();
      if (found !== undefined && !life.signal.aborted) {
        announce(found.ident, found.pkgIncarnation);
        options.apply(found.ident, found.pkgIncarnation);
        return;
      }
    } catch (error) {
      output.line(
        group,
        "SU",
        `Unable to look for an update of ${formatIdent(spec.ident)}: ${describeError(error)}`,
      );
    } finally {
      working = false;
    }
    if (!life.signal.aborted && !waitsForCensus) timer = setTimeout(look, periodMs);
  };

  const takeStep = async () => {
    const step = nextUpdateStep({ spec, running, memberId: options.memberId, group: options.census() });
    switch (step.kind) {
      case "wait":
        waitsForCensus = true;
        return undefined;
      case "poll": {
        const ident = await options.find(step.ident, spec, life.signal);
        if (ident === undefined || formatIdent(ident) === formatIdent(running)) return undefined;
        return { ident, pkgIncarnation: step.pkgIncarnation };
      }
      case "follow":
        await options.install(step.ident, spec, life.signal);
        return step;
    }
  };

  const announce = (ident: FullIdent, pkgIncarnation: bigint | undefined) => {
    const back = (compareIdents(ident, running) ?? 1) < 0;
    const target = pkgIncarnation === undefined ? "" : `${pkgIncarnation}/`;
    output.line(
      group,
      "SU",
      back
        ? `Rolling back from ${formatIdent(running)} to ${target}${formatIdent(ident)}`
        : `Updating from ${formatIdent(running)} to ${target}${formatIdent(ident)}`,
    );
  };

  // The splay keeps many Supervisors started together from asking the depot together.
  timer = setTimeout(look, options.random() * periodMs);
  stand();
  return {
    wake() {
      stand();
      if (waitsForCensus) void look();
    },
    stop() {
      life.abort();
      clearTimeout(timer);
    },
  };
}
