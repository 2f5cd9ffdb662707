// The two slots of the Supervisor's program as the launcher keeps them (slots.ts): on disk before they count, so that power may
// fail at any time.
import { join } from "node:path";
import { describeError, HabError } from "../error/index.ts";
import { environmentValue, habPath, ownCommand, readTextIfPresent, writeFileWhole } from "../host/index.ts";
import { launcherErrors } from "./errors.ts";
import type { Program, SlotsReport } from "./protocol.ts";
import {
  failed,
  lostGood,
  offered,
  offerProblem,
  pardoned,
  proved,
  readSlots,
  recordedLauncher,
  refused,
  type Slots,
  slotsText,
  trialBegun,
  trialRestarted,
} from "./slots.ts";
import { tryOut } from "./try-out.ts";

export interface NextSupervisor {
  readonly command: readonly string[];
  /** The program of a slot; absent for the launcher's own and for that of HAB_SUP_BINARY. */
  readonly program?: Program;
  readonly onTrial: boolean;
}

const FILE = "supervisors.json";

/** What whichever launcher recorded last below this root; undefined where none did. */
export function recordedSlots(root: string): Slots | undefined {
  const text = readTextIfPresent(join(root, "hab", "launcher", FILE));
  const launcher = recordedLauncher(text);
  return launcher === undefined ? undefined : readSlots(text, launcher);
}

/** What the launcher's own program is called. */
export const OWN_PROGRAM = "the launcher's own program";

const UNPROVED = "did not prove itself";

export class SupervisorSlots {
  /** Named by who started the launcher: then nothing else is ever started. */
  readonly #fixed = environmentValue("HAB_SUP_BINARY");
  readonly #remark: (content: string) => void;
  readonly #launcher = ownCommand([]).join(" ");
  #slots: Slots = readSlots(undefined, this.#launcher);
  #started: NextSupervisor | undefined;

  constructor(remark: (content: string) => void) {
    this.#remark = remark;
  }

  /** Goes on with what was recorded; to be called by the one launcher of this root. */
  open(): void {
    try {
      this.#slots = readSlots(readTextIfPresent(habPath("launcher", FILE)), this.#launcher);
    } catch (error) {
      this.#remark(`Cannot read which Supervisor is to run: ${describeError(error)}`);
    }
  }

  /** What to start next. A program on trial comes out of here at most so many times. */
  next(args: readonly string[]): NextSupervisor {
    this.#started = this.#choose(args);
    return this.#started;
  }

  #choose(args: readonly string[]): NextSupervisor {
    if (this.#fixed !== undefined) return { command: [this.#fixed, "run", ...args], onTrial: false };
    if (this.#slots.trial !== undefined) {
      const { name } = this.#slots.trial;
      try {
        this.#keep(trialBegun(this.#slots, Date.now()));
        if (this.#slots.trial === undefined) this.#tellReturn(name, UNPROVED);
      } catch (error) {
        // One that takes the machine down would be tried at each start: better not at all.
        this.#remark(`${name} is not tried, because that cannot be recorded: ${describeError(error)}`);
        return this.#known(args);
      }
    }
    const { trial } = this.#slots;
    if (trial === undefined) return this.#known(args);
    return { command: commandOf(trial, args), program: trial, onTrial: true };
  }

  #known(args: readonly string[]): NextSupervisor {
    const { good } = this.#slots;
    return good === undefined
      ? { command: ownCommand(["hab-sup", "run", ...args]), onTrial: false }
      : { command: commandOf(good, args), program: good, onTrial: false };
  }

  /** Takes a program for a trial at the next start. Throws HAB-LCH-012 when it gets none. */
  async offer(program: Program): Promise<void> {
    if (this.#fixed !== undefined)
      throw new HabError(
        launcherErrors.notTried,
        `HAB_SUP_BINARY names the program of the Supervisor: ${this.#fixed}`,
        { next: "Start the launcher without HAB_SUP_BINARY to let it take releases from a depot." },
      );
    this.#assertOpen(program);
    const problem = await tryOut(program.path);
    this.#assertOpen(program);
    if (problem !== undefined) {
      this.#keep(refused(this.#slots, program.name, problem, Date.now()));
      throw new HabError(launcherErrors.notTried, `${program.name}: ${problem}`);
    }
    this.#keep(offered(this.#slots, program));
  }

  #assertOpen({ name }: Program): void {
    const problem = offerProblem(this.#slots, name);
    if (problem !== undefined) throw new HabError(launcherErrors.notTried, problem);
  }

  /** The one on trial is the good one from now on. */
  prove(): void {
    this.#change(proved(this.#slots));
  }

  /** The one on trial is given up; says so. */
  fail(reason: string): void {
    const { trial } = this.#slots;
    if (trial === undefined) return;
    this.#change(failed(this.#slots, reason, Date.now()));
    this.#tellReturn(trial.name, UNPROVED);
  }

  /** The one on trial was to be replaced by itself. */
  restartTrial(): void {
    this.#change(trialRestarted(this.#slots));
  }

  /** The good one cannot be started; whether there is another to start instead. */
  loseGood(reason: string): boolean {
    const { good } = this.#slots;
    if (good === undefined || this.#fixed !== undefined) return false;
    this.#change(lostGood(this.#slots, reason, Date.now()));
    this.#tellReturn(good.name, "cannot be started any more");
    return true;
  }

  pardon(): void {
    this.#change(pardoned(this.#slots));
  }

  report(): SlotsReport {
    const { launcher, good, refused: list } = this.#slots;
    const started = this.#started;
    return {
      launcher,
      fixed: this.#fixed !== undefined,
      onTrial: started?.onTrial === true && this.#slots.trial !== undefined,
      ...(good === undefined ? {} : { good }),
      refused: list,
    };
  }

  #tellReturn(name: string, what: string): void {
    const { good, refused: list } = this.#slots;
    const reason = list.find((refusal) => refusal.name === name)?.reason ?? "";
    this.#remark(
      `Going back to ${good?.name ?? OWN_PROGRAM}: ${name} ${what}: ${reason}. It is not tried again, except ` +
        "by `hab sup restart --retry-refused`",
    );
  }

  /** A change that counts also where it cannot be recorded: the next launcher then knows less. */
  #change(slots: Slots): void {
    try {
      this.#keep(slots);
    } catch (error) {
      this.#slots = slots;
      this.#remark(`Cannot record which Supervisor is to run: ${describeError(error)}`);
    }
  }

  #keep(slots: Slots): void {
    if (slots === this.#slots) return;
    writeFileWhole(habPath("launcher", FILE), slotsText(slots), { mode: 0o644 });
    this.#slots = slots;
  }
}

function commandOf({ path }: Program, args: readonly string[]): string[] {
  return [path, "hab-sup", "run", ...args];
}
