// Catches what a page throws while it is drawn: a file that cannot be fetched (the program was updated, or the connection
// is lost), or a mistake of ours. The frame around it stays.
import { Component, type ReactNode } from "react";
import { State } from "../components/states.tsx";

interface BoundaryState {
  readonly error: unknown;
}

export class PageBoundary extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override state: BoundaryState = { error: undefined };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    const notFetched = error instanceof TypeError && /import|fetch|module/i.test(error.message);
    return (
      <State
        kind="bad"
        title={notFetched ? "This page could not be fetched" : "This page has failed"}
        heading={1}
        action={
          <button type="button" className="button primary" onClick={() => window.location.reload()}>
            Load it again
          </button>
        }
      >
        {notFetched
          ? "The connection was lost, or the server has been updated since you came. Loading again gets the current pages."
          : `What it said: ${error instanceof Error ? error.message : String(error)}. Loading again often helps; if it does not, please report this text.`}
      </State>
    );
  }
}
