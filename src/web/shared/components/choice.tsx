// Boxes to tick: one, and a group of which several may be chosen.
import { type ReactNode, useId } from "react";

export interface CheckboxProps {
  readonly label: ReactNode;
  /** For sight there is context enough. */
  readonly isLabelHidden?: boolean;
  readonly hint?: ReactNode;
  readonly isChecked: boolean;
  readonly isDisabled?: boolean;
  readonly onChange: (isChecked: boolean) => void;
}

export function Checkbox({
  label,
  isLabelHidden = false,
  hint,
  isChecked,
  isDisabled = false,
  onChange,
}: CheckboxProps): ReactNode {
  const id = useId();
  return (
    <span className="checkbox">
      <input
        id={id}
        type="checkbox"
        checked={isChecked}
        disabled={isDisabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label htmlFor={id} className={isLabelHidden ? "visually-hidden" : undefined}>
        {label}
      </label>
      {hint !== undefined && (
        <span id={`${id}-hint`} className="field-hint">
          {hint}
        </span>
      )}
    </span>
  );
}

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly text: ReactNode;
  readonly hint?: ReactNode;
}

export interface ChoicesProps<Value extends string> {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly choices: readonly Choice<Value>[];
  readonly chosen: readonly Value[];
  readonly isDisabled?: boolean;
  /** In the order of `choices`. */
  readonly onChoice: (chosen: readonly Value[]) => void;
}

export function Choices<Value extends string>({
  label,
  hint,
  choices,
  chosen,
  isDisabled = false,
  onChoice,
}: ChoicesProps<Value>): ReactNode {
  const id = useId();
  const set = (value: Value, isChosen: boolean): void =>
    onChoice(
      choices
        .map((choice) => choice.value)
        .filter((each) => (each === value ? isChosen : chosen.includes(each))),
    );
  return (
    <fieldset className="field choices" aria-describedby={hint === undefined ? undefined : `${id}-hint`}>
      <legend>{label}</legend>
      {hint !== undefined && (
        <span id={`${id}-hint`} className="field-hint">
          {hint}
        </span>
      )}
      <div className="choices-list">
        {choices.map(({ value, text, hint: ofChoice }) => (
          <Checkbox
            key={value}
            label={text}
            hint={ofChoice}
            isChecked={chosen.includes(value)}
            isDisabled={isDisabled}
            onChange={(isChosen) => set(value, isChosen)}
          />
        ))}
      </div>
    </fieldset>
  );
}
