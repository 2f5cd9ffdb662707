// Text to copy with one press. Where the browser gives no clipboard (pages over plain HTTP from another machine), the text is
// selected instead, ready for the keyboard.
import { Fragment, type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";

const SHOWN_MS = 2000;

export interface CopyLineProps {
  readonly text: string;
  /** What it is, for the button's label: `Copy the install command`. */
  readonly label: string;
  /** Stands before the text and is not copied. */
  readonly prompt?: string;
}

export function CopyLine({ text, label, prompt = "" }: CopyLineProps): ReactNode {
  const code = useRef<HTMLElement>(null);
  return (
    <div className="copy-line">
      <code ref={code} data-prompt={prompt} dir="ltr">
        {/* Lines break between words only: at the hyphens of `--origin` they would make another command of it. */}
        {text.split(" ").map((word, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: words are told apart by nothing else
          <Fragment key={at}>
            {at > 0 && " "}
            <span className="copy-word">{word}</span>
          </Fragment>
        ))}
      </code>
      <CopyButton text={text} label={label} select={() => code.current} />
    </div>
  );
}

export interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
  /** What to select where nothing can be copied. */
  readonly select?: () => HTMLElement | null;
}

export function CopyButton({ text, label, select }: CopyButtonProps): ReactNode {
  const [result, setResult] = useState<"copied" | "selected" | undefined>(undefined);
  useEffect(() => {
    if (result === undefined) return;
    const timer = setTimeout(() => setResult(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [result]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setResult("copied");
    } catch {
      const element = select?.() ?? null;
      if (element === null) return;
      window.getSelection()?.selectAllChildren(element);
      setResult("selected");
    }
  };
  return (
    <>
      <Button look="plain" size="compact" aria-label={label} title={label} onClick={() => void copy()}>
        <Icon name={result === "copied" ? "check" : "copy"} size={16} />
      </Button>
      <span className="visually-hidden" role="status">
        {result === "copied" ? "Copied" : result === "selected" ? "Selected: press Ctrl+C to copy" : ""}
      </span>
    </>
  );
}
