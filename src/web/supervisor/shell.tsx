// What stands around every page of the Supervisor, and the stream of what happens on this member.
import type { ReactNode } from "react";
import { Frame, LiveProvider } from "../shared/index.ts";

const LINKS = [{ text: "Services", to: "/" }] as const;

export function Shell({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <LiveProvider url="/events" types={["message"]} touches={() => () => true}>
      <Frame name="Supervisor" links={LINKS}>
        {children}
      </Frame>
    </LiveProvider>
  );
}
