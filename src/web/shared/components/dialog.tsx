// A question in front of the page. The browser's own dialog keeps the focus inside, closes with Escape and gives the focus
// back.
import { type FormEvent, type ReactNode, useEffect, useId, useRef } from "react";
import type { Problem } from "../data/problem.ts";
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
  readonly onConfirm: () => void;
  readonly onClose: () => void;
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
  onConfirm,
  onClose,
}: DialogProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
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
            {problem.detail ?? problem.title}. {problem.advice}
          </p>
        )}
        <div className="dialog-buttons">
          <Button onClick={onClose} isDisabled={isBusy}>
            Cancel
          </Button>
          <Button type="submit" look={look} isBusy={isBusy} isDisabled={isDisabled}>
            {confirm}
          </Button>
        </div>
      </form>
    </dialog>
  );
}
