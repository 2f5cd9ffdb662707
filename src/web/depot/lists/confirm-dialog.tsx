// Asks before something is done that takes something away: names what goes, does it, and says that it is done.
import type { ReactNode } from "react";
import { Dialog, useCache, useToast } from "../../shared/index.ts";
import { type StatusWords, useWrite } from "../session/write.tsx";

export interface ConfirmDialogProps {
  readonly title: string;
  readonly confirm: string;
  readonly look?: "danger" | "primary";
  /** What goes, and what stays. */
  readonly children: ReactNode;
  readonly act: (signal: AbortSignal) => Promise<unknown>;
  readonly words?: StatusWords;
  /** Which of what is known is old afterwards. */
  readonly touches: (key: string) => boolean;
  readonly done: string;
  readonly onClose: () => void;
  /** In place of closing. */
  readonly onDone?: () => void;
}

export function ConfirmDialog({
  title,
  confirm,
  look = "danger",
  children,
  act,
  words,
  touches,
  done,
  onClose,
  onDone = onClose,
}: ConfirmDialogProps): ReactNode {
  const cache = useCache();
  const say = useToast();
  const write = useWrite<void>(async (_, signal) => {
    await act(signal);
    cache.refresh(touches);
    say(done);
  }, words);
  const run = async (): Promise<void> => {
    if (await write.run()) onDone();
  };
  return (
    <Dialog
      title={title}
      confirm={confirm}
      look={look}
      isBusy={write.isRunning}
      problem={write.problem}
      onConfirm={() => void run()}
      onClose={onClose}
    >
      {children}
    </Dialog>
  );
}
