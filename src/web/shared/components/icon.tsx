// The few drawings of the pages, as lines in the colour of the text around them.
import type { ReactNode } from "react";

const PATHS = {
  search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14Zm5 12 4.5 4.5",
  copy: "M9 9h10v11H9zM5 15V4h10",
  check: "m5 12.5 4.5 4.5L19 7.5",
  box: "M12 3.5 19.5 8v8L12 20.5 4.5 16V8ZM4.5 8 12 12.2 19.5 8M12 12.2v8.3",
  alert: "M12 4 21 19.5H3ZM12 10v4.5M12 17v.4",
  cloudOff: "M7 18h9.5M18.9 16.6A4 4 0 0 0 16.5 10h-.6A6 6 0 0 0 9 5.6M6.2 9A4.6 4.6 0 0 0 7 18M4 4l16 16",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  close: "m6 6 12 12M18 6 6 18",
  external: "M13 5h6v6M19 5l-8.5 8.5M17 14v5H5V7h5",
  down: "m6 9.5 6 6 6-6",
  right: "m9.5 6 6 6-6 6",
  layers: "m12 4 8.5 4.5L12 13 3.5 8.5ZM4.5 13 12 17l7.5-4",
  clock: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm0 3.5V12l3 2.5",
  file: "M6 3.5h8l4 4v13H6zM14 3.5v4h4",
  folder: "M3.5 6.5h6l2 2.5h9v9.5h-17z",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1",
} as const;

export type IconName = keyof typeof PATHS;

export interface IconProps {
  readonly name: IconName;
  /** In pixels of an unscaled page. */
  readonly size?: number;
}

/** Decoration: the text beside it says the same. */
export function Icon({ name, size = 18 }: IconProps): ReactNode {
  const length = `${size / 16}rem`;
  return (
    <svg
      width={length}
      height={length}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={size > 28 ? 1.1 : 1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark: a crate. */
export function Mark(): ReactNode {
  return <Icon name="box" size={26} />;
}
