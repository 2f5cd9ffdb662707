// A question in front of the page. The browser's own dialog keeps the focus inside, closes with Escape and gives the focus
// back; where what it belongs to is gone with what was done, the heading above gets it.
import { type FormEvent, type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { type Problem, problemText } from "../data/problem.ts";
import { Button, type ButtonProps } from "./button.tsx";

export interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** What the button that does it says. */
  readonly confirm: string;
  readonly look?: ButtonProps["look"];
  readonly isBusy?: boolean;
  readonly isDisabled?: boolean;
  readonly problem?: Problem | undefined;
  /** Without a way out but the button that does it. */
  readonly hasNoCancel?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** What was done is read again within this time, and takes the button away that led to it. */
const GONE_MS = 5_000;

/** Where the element that has the focus is taken away, the reader would begin at the top of the document: a heading gets it. */
function keepFocus(
  dialog: Element | null,
  opener: Element | null,
  headings: readonly (HTMLElement | null | undefined)[],
): void {
  const look = (): void => {
    if (opener?.isConnected === true) return;
    end();
    // What is in a dialog that has just been closed is not yet out of the document.
    const at = document.activeElement;
    if (at !== null && at !== document.body && dialog?.contains(at) !== true) return;
    const heading = headings.find((each) => each?.isConnected === true);
    if (heading === null || heading === undefined) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  };
  const changes = new MutationObserver(look);
  const timer = setTimeout(() => end(), GONE_MS);
  const end = (): void => {
    changes.disconnect();
    clearTimeout(timer);
  };
  changes.observe(document.body, { childList: true, subtree: true });
  look();
}

/** Open as long as it is drawn. */
export function Dialog({
  title,
  children,
  confirm,
  look = "primary",
  isBusy = false,
  isDisabled = false,
  problem,
  hasNoCancel = false,
  onConfirm,
  onClose,
}: DialogProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Before it is taken out of the document: a dialog that is closed later gives no focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    const headings = [
      opener?.closest("section")?.querySelector<HTMLElement>("h2"),
      document.querySelector<HTMLElement>("main h1"),
    ];
    element?.showModal();
    return () => {
      element?.close();
      keepFocus(element, opener, headings);
    };
  }, []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isBusy && !isDisabled) onConfirm();
  };
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (!isBusy) onClose();
      }}
    >
      <form className="dialog-inner" onSubmit={submit}>
        <h2 id={id}>{title}</h2>
        {children}
        {problem !== undefined && (
          <p className="notice bad" role="alert">
            {problemText(problem)}
          </p>
        )}
        <div className="dialog-buttons">
          {!hasNoCancel && (
            <Button onClick={onClose} isDisabled={isBusy}>
              Cancel
            </Button>
          )}
          <Button type="submit" look={look} isBusy={isBusy} isDisabled={isDisabled}>
            {confirm}
          </Button>
        </div>
      </form>
    </dialog>
  );
}
