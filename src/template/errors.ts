// Failures of reading and rendering templates.
import { errorKinds } from "../error/index.ts";

export const templateErrors = errorKinds({
  syntax: {
    code: "HAB-TPL-001",
    title: "A template has a syntax error",
    remedy: "Correct the template at the line and column named; docs/templates.md lists what is allowed.",
  },
  render: {
    code: "HAB-TPL-002",
    title: "A template cannot be rendered with this configuration",
    remedy:
      "Look at the template at the line and column named, and at the value it uses (`hab config show`).",
  },
  limit: {
    code: "HAB-TPL-003",
    title: "A template is nested too deep, or rendering it takes too much",
    remedy: "Look for partials that include each other and for loops inside loops.",
  },
  missing: {
    code: "HAB-TPL-004",
    title: "No template has this name",
    remedy: "Check the name; templates are named by their path below the folder they were read from.",
  },
  unreadable: {
    code: "HAB-TPL-005",
    title: "A file needed to render a template cannot be read",
    remedy:
      "Check the path; default.toml is looked for in the current directory unless --default-toml says otherwise.",
  },
  unwritable: {
    code: "HAB-TPL-006",
    title: "A rendered file or a file of a new plan cannot be written",
    remedy: "Check the directory's permissions and the free space, or choose another directory.",
  },
});
