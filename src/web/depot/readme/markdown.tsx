// Markdown of strangers, as React elements. Nothing of it becomes HTML by itself: the text is parsed to a tree, and each kind of
// node that is allowed has its element here. All else (HTML, images, addresses that are not of the web) is left out or shown
// as text.
import type { Nodes, Parents, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { Fragment, type ReactNode, useMemo } from "react";
import { isParsable, outsideAddress, plainText } from "./policy.ts";

/** Lists in lists in quotes: deeper than this nobody reads. */
const MAX_DEPTH = 24;
/** Elements in all; a text of nothing but stars would make millions. */
const MAX_ELEMENTS = 20_000;

export function Markdown({ text }: { readonly text: string }): ReactNode {
  return useMemo(() => markdownElements(text), [text]);
}

interface Budget {
  left: number;
}

/** The elements of a text. Never throws: what cannot be parsed is shown as it is. */
export function markdownElements(text: string): ReactNode {
  const clean = plainText(text);
  if (!isParsable(clean)) return <pre dir="auto">{clean}</pre>;
  try {
    const tree = fromMarkdown(clean, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
    return children(tree, 0, { left: MAX_ELEMENTS });
  } catch {
    return <pre dir="auto">{clean}</pre>;
  }
}

function children(parent: Parents, depth: number, budget: Budget): ReactNode {
  if (depth > MAX_DEPTH) return null;
  // Nodes of a text have no identity but their place.
  return (parent.children as readonly RootContent[]).map((node, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <Fragment key={index}>{element(node, depth + 1, budget)}</Fragment>
  ));
}

function element(node: Nodes, depth: number, budget: Budget): ReactNode {
  if (budget.left-- <= 0) return null;
  const inside = (parent: Parents): ReactNode => children(parent, depth, budget);
  switch (node.type) {
    case "text":
      return node.value;
    case "paragraph":
      return <p dir="auto">{inside(node)}</p>;
    case "heading": {
      // The page has its own heading of the first rank, and the tab stands below it.
      const Heading = (["h2", "h3", "h4"] as const)[Math.min(node.depth - 1, 2)] ?? "h4";
      return <Heading dir="auto">{inside(node)}</Heading>;
    }
    case "emphasis":
      return <em>{inside(node)}</em>;
    case "strong":
      return <strong>{inside(node)}</strong>;
    case "delete":
      return <s>{inside(node)}</s>;
    case "inlineCode":
      return <code>{node.value}</code>;
    case "code":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre className="code-block" tabIndex={0} dir="ltr">
          <code>{node.value}</code>
        </pre>
      );
    case "link": {
      const address = outsideAddress(node.url);
      return address === undefined ? (
        <span>{inside(node)}</span>
      ) : (
        <a href={address} rel="noopener noreferrer nofollow external" title={address}>
          {inside(node)}
        </a>
      );
    }
    case "image":
    case "imageReference":
      // Pictures would have to be fetched from elsewhere, which tells others who looks.
      return node.alt === null || node.alt === undefined || node.alt === "" ? null : (
        <span className="soft">[{node.alt}]</span>
      );
    case "list": {
      const items = inside(node);
      return node.ordered === true ? <ol start={node.start ?? 1}>{items}</ol> : <ul>{items}</ul>;
    }
    case "listItem":
      return (
        <li dir="auto">
          {typeof node.checked === "boolean" && <span>{node.checked ? "☑ " : "☐ "}</span>}
          {inside(node)}
        </li>
      );
    case "blockquote":
      return <blockquote>{inside(node)}</blockquote>;
    case "break":
      return <br />;
    case "thematicBreak":
      return <hr />;
    case "table": {
      const [head, ...body] = node.children;
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: as above
        <section className="wide" tabIndex={0} aria-label="Table">
          <table>
            {head !== undefined && (
              <thead>
                <tr>
                  {head.children.map((cell, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: as above
                    <th key={index} scope="col">
                      {inside(cell)}
                    </th>
                  ))}
                </tr>
              </thead>
            )}
            <tbody>
              {body.map((row, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <tr key={index}>
                  {row.children.map((cell, column) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: as above
                    <td key={column}>{inside(cell)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      );
    }
    case "linkReference":
    case "footnoteDefinition":
      return <span>{inside(node)}</span>;
    default:
      // html, definition, footnoteReference, yaml and whatever an extension adds.
      return null;
  }
}
