// The search in the bar of every page: leads to the start page with what was typed. `/` goes to it from anywhere.
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { SearchField, usePlace, useRouter } from "../../shared/index.ts";

export function QuickSearch(): ReactNode {
  const router = useRouter();
  const place = usePlace();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const isHome = place.path === "/";
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable;
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      const field = input.current ?? document.querySelector<HTMLInputElement>("main input[type=search]");
      if (field === null || document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      field.focus();
      field.select();
    };
    window.addEventListener("keydown", key);
    return () => window.removeEventListener("keydown", key);
  }, []);
  // The start page has a larger one.
  if (isHome) return null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    router.go(text.trim() === "" ? "/" : `/?q=${encodeURIComponent(text.trim())}`);
    setText("");
  };
  return (
    <search className="quick-search">
      <form onSubmit={submit}>
        <SearchField
          ref={input}
          label="Search packages"
          placeholder="Search packages"
          shortcut="/"
          value={text}
          maxLength={255}
          onText={setText}
        />
      </form>
    </search>
  );
}
