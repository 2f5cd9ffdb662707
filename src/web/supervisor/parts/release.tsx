// The ident of a release, its name and version standing out.
import type { ReactNode } from "react";
import { visibleLine } from "./visible.ts";

export function Release({ ident }: { readonly ident: string }): ReactNode {
  const [origin = "", name = "", version, release] = visibleLine(ident).split("/");
  return (
    <bdi className="ident">
      <span className="faint">{origin}/</span>
      <span className="strong">{name}</span>
      {version !== undefined && (
        <>
          <span className="faint">/</span>
          <span className="strong">{version}</span>
        </>
      )}
      {release !== undefined && <span className="faint">/{release}</span>}
    </bdi>
  );
}

/** Version and release alone, where the name is known. */
export function ShortRelease({ ident }: { readonly ident: string }): ReactNode {
  const [, , version = ident, release] = visibleLine(ident).split("/");
  return (
    <bdi className="ident" title={visibleLine(ident)}>
      <span className="strong">{version}</span>
      {release !== undefined && <span className="faint">/{release}</span>}
    </bdi>
  );
}
