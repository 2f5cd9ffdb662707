// Fields of forms: label, hint and problem belong to the input, for screen readers too.
import {
  type ChangeEvent,
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type TextareaHTMLAttributes,
  useId,
} from "react";
import { Icon } from "./icon.tsx";

interface About {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly problem?: string | undefined;
}

/** What ties an input to the words about it. */
interface Tied {
  readonly id: string;
  readonly "aria-invalid": true | undefined;
  readonly "aria-describedby": string | undefined;
}

/** Label, input, hint and problem. */
function Labelled({
  label,
  hint,
  problem,
  children,
}: About & { readonly children: (tied: Tied) => ReactNode }): ReactNode {
  const id = useId();
  const described = [hint !== undefined && `${id}-hint`, problem !== undefined && `${id}-problem`].filter(
    Boolean,
  );
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        "aria-invalid": problem !== undefined || undefined,
        "aria-describedby": described.length > 0 ? described.join(" ") : undefined,
      })}
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

export interface FieldProps extends About, Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> {
  readonly onText?: (text: string) => void;
}

export function Field({ label, hint, problem, onText, ...input }: FieldProps): ReactNode {
  return (
    <Labelled label={label} hint={hint} problem={problem}>
      {(tied) => (
        <input
          {...input}
          {...tied}
          className="input"
          onChange={(event: ChangeEvent<HTMLInputElement>) => onText?.(event.currentTarget.value)}
        />
      )}
    </Labelled>
  );
}

export interface TextAreaProps extends About, Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange"> {
  readonly onText?: (text: string) => void;
}

/** For text of several lines. */
export function TextArea({ label, hint, problem, onText, className, ...input }: TextAreaProps): ReactNode {
  return (
    <Labelled label={label} hint={hint} problem={problem}>
      {(tied) => (
        <textarea
          rows={3}
          {...input}
          {...tied}
          className={className === undefined ? "input" : `input ${className}`}
          dir="auto"
          onChange={(event: ChangeEvent<HTMLTextAreaElement>) => onText?.(event.currentTarget.value)}
        />
      )}
    </Labelled>
  );
}

export interface SelectProps {
  readonly label: string;
  /** For sight there is context enough. */
  readonly isLabelHidden?: boolean;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly onChoice: (value: string) => void;
}

export function Select({ label, isLabelHidden = false, value, options, onChoice }: SelectProps): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className={isLabelHidden ? "visually-hidden" : undefined}>
        {label}
      </label>
      <select
        id={id}
        className="input"
        value={value}
        onChange={(event) => onChoice(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </div>
  );
}

export interface SearchFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "type"> {
  /** For screen readers. */
  readonly label: string;
  readonly onText: (text: string) => void;
  /** A key that leads here, shown. */
  readonly shortcut?: string;
  readonly ref?: Ref<HTMLInputElement>;
}

export function SearchField({ label, onText, shortcut, ref, ...input }: SearchFieldProps): ReactNode {
  return (
    <div className="search">
      <Icon name="search" />
      <input
        {...input}
        ref={ref}
        type="search"
        className="input"
        aria-label={label}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        dir="auto"
        onChange={(event: ChangeEvent<HTMLInputElement>) => onText(event.currentTarget.value)}
      />
      {shortcut !== undefined && <kbd>{shortcut}</kbd>}
    </div>
  );
}
