// Everything the pages share, in one place to import from.
export { Frame, type FrameLink } from "./app/frame.tsx";
export { mountPages } from "./app/mount.tsx";
export { Badge, type BadgeLook } from "./components/badge.tsx";
export { Button, type ButtonProps } from "./components/button.tsx";
export { Checkbox, type Choice, Choices } from "./components/choice.tsx";
export { CopyButton, CopyLine } from "./components/copy.tsx";
export { Dialog, type DialogProps } from "./components/dialog.tsx";
export { Facts } from "./components/facts.tsx";
export { Field, SearchField, Select, TextArea } from "./components/field.tsx";
export { Icon, type IconName, Mark } from "./components/icon.tsx";
export { numberText } from "./components/number.ts";
export { PageHead } from "./components/page-head.tsx";
export { sizeText } from "./components/size.ts";
export {
  Busy,
  ListSkeleton,
  NotFound,
  PageSkeleton,
  ProblemState,
  Shown,
  SignInLink,
  Skeleton,
  State,
} from "./components/states.tsx";
export { type Column, Table } from "./components/table.tsx";
export { type Tab, Tabs } from "./components/tabs.tsx";
export { useToast } from "./components/toast.tsx";
export { VirtualList } from "./components/virtual-list.tsx";
export { isAwaited, type Known } from "./data/cache.ts";
export {
  type Action,
  useAction,
  useCache,
  useJson,
  useLastShown,
  useOnline,
  useResource,
  useSettled,
} from "./data/hooks.ts";
export { type Problem, ProblemError, problemOf, problemText } from "./data/problem.ts";
export { fetchJson, isAbort, problemIn, send } from "./data/request.ts";
export { LiveMark, LiveProvider, useLiveEvents, useLiveState, useReopenStream } from "./live/live.tsx";
export type { LiveEvent, LiveState } from "./live/stream.ts";
export { usePlace, useQueryWords, useRouter, useTitle } from "./router/context.ts";
export { Link, NavLink } from "./router/link.tsx";
export type { PageProps } from "./router/pages.ts";
export { fillPattern } from "./router/pattern.ts";
export { exactTime, parseTime, relativeTime, releaseTime } from "./time/format.ts";
export { Moment } from "./time/moment.tsx";
