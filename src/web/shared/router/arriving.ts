// A page that has just been gone to comes in from above: what follows something that is on its way is not seen before that is
// there, so nothing that one reads or is about to press is pushed away (style/arriving.css). It ends with the first moment in
// which nothing is on its way: what is opened later pushes what is below it, as one expects.

/** On `main` for as long as the page comes in. */
const ARRIVING = "data-arriving";

/** Begins with what is drawn now. Returns how to give up. */
export function beginArriving(): () => void {
  const main = document.querySelector("main");
  if (main === null) return () => undefined;
  const isBusy = (): boolean => main.querySelector('[aria-busy="true"]') !== null;
  if (!isBusy()) return () => undefined;
  const watch = new MutationObserver(() => {
    if (!isBusy()) end();
  });
  const end = (): void => {
    watch.disconnect();
    main.removeAttribute(ARRIVING);
  };
  main.setAttribute(ARRIVING, "");
  watch.observe(main, { childList: true, subtree: true, attributeFilter: ["aria-busy"] });
  return end;
}
