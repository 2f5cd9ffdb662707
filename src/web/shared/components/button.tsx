// Buttons. One that is busy or not allowed stays where focus is, says why, and does nothing.
import type { ButtonHTMLAttributes, ReactNode } from "react";

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "disabled"> {
  readonly look?: "primary" | "danger" | "plain";
  readonly size?: "compact";
  readonly isBusy?: boolean;
  readonly isDisabled?: boolean;
}

export function Button({
  look,
  size,
  isBusy = false,
  isDisabled = false,
  onClick,
  className,
  children,
  type = "button",
  ...rest
}: ButtonProps): ReactNode {
  const isOff = isBusy || isDisabled;
  return (
    <button
      {...rest}
      type={type}
      className={["button", look, size, className].filter((word) => word !== undefined).join(" ")}
      aria-disabled={isOff || undefined}
      aria-busy={isBusy || undefined}
      onClick={(event) => {
        if (isOff) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {children}
    </button>
  );
}
