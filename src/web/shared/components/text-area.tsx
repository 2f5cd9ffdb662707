// A field for text of several lines.
import { type ChangeEvent, type ReactNode, type TextareaHTMLAttributes, useId } from "react";

export interface TextAreaProps extends Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange"> {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly problem?: string | undefined;
  readonly onText?: (text: string) => void;
}

export function TextArea({ label, hint, problem, onText, className, ...input }: TextAreaProps): ReactNode {
  const id = useId();
  const described = [hint !== undefined && `${id}-hint`, problem !== undefined && `${id}-problem`].filter(
    Boolean,
  );
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        rows={3}
        {...input}
        id={id}
        className={className === undefined ? "input" : `input ${className}`}
        dir="auto"
        aria-invalid={problem !== undefined || undefined}
        aria-describedby={described.length > 0 ? described.join(" ") : undefined}
        onChange={(event: ChangeEvent<HTMLTextAreaElement>) => onText?.(event.currentTarget.value)}
      />
      {hint !== undefined && (
        <span id={`${id}-hint`} className="field-hint">
          {hint}
        </span>
      )}
      {problem !== undefined && (
        <span id={`${id}-problem`} className="field-problem" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}
