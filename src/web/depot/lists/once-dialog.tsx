// Shows a secret once: it is in memory as long as the dialog is open, and nowhere else.
import { type ReactNode, useState } from "react";
import { Checkbox, CopyLine, Dialog } from "../../shared/index.ts";

export interface OnceDialogProps {
  readonly title: string;
  /** Of the button that copies. */
  readonly label: string;
  readonly secret: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
}

export function OnceDialog({ title, label, secret, children, onClose }: OnceDialogProps): ReactNode {
  const [isKept, setKept] = useState(false);
  return (
    <Dialog
      title={title}
      confirm="Done"
      isDisabled={!isKept}
      hasNoCancel
      onConfirm={onClose}
      // Escape would lose it.
      onClose={() => isKept && onClose()}
    >
      <p>{children}</p>
      <CopyLine text={secret} label={label} />
      <Checkbox label="I have put it where it belongs" isChecked={isKept} onChange={setKept} />
    </Dialog>
  );
}
