// The argument that names a webhook.
import { argument } from "../../command.ts";

export const hookArgument = () =>
  argument({
    value: "WEBHOOK",
    help: "Id of the webhook (hab bldr webhook list)",
    type: (text) => {
      if (/^[0-9]{1,19}$/.test(text)) return text;
      throw new Error("an id is a number of at most 19 digits");
    },
  });
