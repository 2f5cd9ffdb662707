// `{{#eachAlive svc.members as |member index|}}` (reference/services.md §20.1). Compat: counts from 1, unlike `each`.
import { entries, isArray, isObject, isTruthy, normal, property, type TemplateData } from "../data.ts";
import { type BlockCall, type Helper, required } from "../helper.ts";

/** Where `alive` is not a boolean the original dies; here it is an error. */
function isAlive(call: BlockCall, element: TemplateData): boolean {
  if (!isObject(element)) return false;
  const alive = property(element, "alive");
  if (alive !== undefined && typeof alive !== "boolean")
    call.fail("eachAlive: `alive` is neither true nor false");
  return alive === true;
}

export const eachAlive: Helper = {
  kind: "block",
  block: (call: BlockCall) => {
    const list = required(call, "eachAlive", 0);
    if (!isTruthy(list)) {
      call.inverse();
    } else if (isArray(list)) {
      const alive = list.filter((element) => isAlive(call, element));
      for (const [position, item] of alive.entries()) {
        const index = position + 1;
        const last = index === alive.length;
        call.bodyWith(
          item,
          { item, position: index, index, key: undefined, first: position === 0, last },
          true,
        );
      }
    } else if (isObject(list)) {
      if (!isAlive(call, list)) return;
      for (const [index, [key, value]] of entries(list).entries()) {
        const item = normal(value);
        call.bodyWith(item, { item, position: key, key, first: index === 0 }, true);
      }
    } else {
      call.fail("Invalid param type, Param type is not iterable. expected");
    }
  },
};
