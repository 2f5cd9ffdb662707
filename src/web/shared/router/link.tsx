// A link to another page. A plain click stays in this document; with a modifier it is the browser's as ever.
import type { AnchorHTMLAttributes, MouseEvent, ReactNode } from "react";
import { usePlace, useRouter } from "./context.ts";

export interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> {
  /** Address below the base, beginning with `/`. */
  readonly to: string;
  readonly children?: ReactNode;
  /** Changes the address without an entry in the history. */
  readonly replace?: boolean;
}

export function Link({ to, replace = false, onClick, children, ...rest }: LinkProps): ReactNode {
  const router = useRouter();
  const click = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    const isPlain =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (event.defaultPrevented || !isPlain || (rest.target ?? "_self") !== "_self") return;
    event.preventDefault();
    router.go(to, { replace });
  };
  return (
    <a {...rest} href={router.href(to)} onClick={click}>
      {children}
    </a>
  );
}

/** A link that says whether it leads to where the reader is, or (with `under`) to what is above it. */
export function NavLink({ under, ...rest }: LinkProps & { readonly under?: string }): ReactNode {
  const { path } = usePlace();
  const own = rest.to.split("?", 1)[0] ?? "";
  const isHere = path === own;
  const isAbove = under !== undefined && (path === under || path.startsWith(`${under}/`));
  return <Link {...rest} aria-current={isHere ? "page" : isAbove ? "true" : undefined} />;
}
