// Short messages about what was done. They are read out, stay long enough to be read, and longer while looked at.
import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";

interface Toast {
  readonly id: number;
  readonly text: string;
}

type Say = (text: string) => void;

const ToastContext = createContext<Say>(() => undefined);

/** Says something to the reader. */
export function useToast(): Say {
  return useContext(ToastContext);
}

const SHOWN_MS = 6000;
const MAX_SHOWN = 3;

export function ToastProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const next = useRef(0);
  const say = useCallback<Say>((text) => {
    const id = next.current++;
    setToasts((shown) => [...shown.slice(1 - MAX_SHOWN), { id, text }]);
  }, []);
  const remove = useCallback(
    (id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)),
    [],
  );
  return (
    <ToastContext value={say}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map((toast) => (
          <ToastMessage key={toast.id} toast={toast} onEnd={remove} />
        ))}
      </div>
    </ToastContext>
  );
}

function ToastMessage({
  toast,
  onEnd,
}: {
  readonly toast: Toast;
  readonly onEnd: (id: number) => void;
}): ReactNode {
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => onEnd(toast.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isHeld, onEnd, toast.id]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps the message while it is looked at
    <div
      className="toast"
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span dir="auto">{toast.text}</span>
      <Button look="plain" size="compact" aria-label="Dismiss" onClick={() => onEnd(toast.id)}>
        <Icon name="close" size={14} />
      </Button>
    </div>
  );
}
