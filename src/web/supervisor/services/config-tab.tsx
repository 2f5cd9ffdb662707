// The configuration of a service: each value with the layer it comes from, and what it hides of the layers below.
import { type ReactNode, useState } from "react";
import { Badge, type BadgeLook, SearchField, Select, State } from "../../shared/index.ts";
import { ProblemList } from "../parts/problem-list.tsx";
import { Hidden, useRedacted } from "../parts/told.tsx";
import { visibleLine } from "../parts/visible.ts";
import type { ConfigDocument, ConfigValue, LayerText } from "../told/shapes.ts";

const LAYERS: Readonly<
  Record<LayerText, { readonly text: string; readonly from: string; readonly look?: BadgeLook }>
> = {
  default: { text: "default", from: "the package's default.toml" },
  environment: { text: "environment", from: "the variable HAB_<NAME> of the Supervisor", look: "warn" },
  user: { text: "user.toml", from: "user.toml on this machine", look: "accent" },
  gossip: { text: "gossip", from: "hab config apply, for the whole group", look: "good" },
};

export function ConfigTab({ config }: { readonly config: ConfigDocument | null }): ReactNode {
  const isRedacted = useRedacted();
  const [find, setFind] = useState("");
  const [layer, setLayer] = useState("");
  if (config === null)
    return isRedacted ? (
      <Hidden what="configuration" />
    ) : (
      <State title="Its configuration is not known yet">It is read when the package is there.</State>
    );
  const words = find.toLowerCase();
  const shown = config.values.filter(
    (value) =>
      (layer === "" || value.layer === layer) &&
      (words === "" || `${value.path.join(".")} ${value.value ?? ""}`.toLowerCase().includes(words)),
  );
  return (
    <div className="stack">
      {config.problems.length > 0 && (
        <div className="card card-body stack">
          <p>
            <strong>A layer cannot be used.</strong> The last good one is in force.
          </p>
          <ProblemList problems={config.problems.map((text) => ({ text }))} />
        </div>
      )}
      <div className="filters">
        <SearchField label="Find a setting" placeholder="Find a setting" value={find} onText={setFind} />
        <Select
          label="Layer"
          isLabelHidden
          value={layer}
          onChoice={setLayer}
          options={[
            { value: "", text: "All layers" },
            ...config.layers.map((name) => ({ value: name, text: LAYERS[name].text })),
          ]}
        />
      </div>
      <p className="soft small">
        Later layers win: default, environment, user.toml, gossip
        {config.applied_version === null ? "" : ` (version ${config.applied_version} is applied)`}. Secrets
        are left out.
      </p>
      {shown.length === 0 ? (
        <State title={config.values.length === 0 ? "It has no configuration" : "No setting fits"} />
      ) : (
        <ul className="list card config">
          {shown.map((value) => (
            <Setting key={value.path.join("\u0000")} setting={value} />
          ))}
        </ul>
      )}
      {config.more_values > 0 && <p className="soft">{config.more_values} more are not shown.</p>}
    </div>
  );
}

function Setting({ setting }: { readonly setting: ConfigValue }): ReactNode {
  const { text, from, look } = LAYERS[setting.layer];
  return (
    <li className="setting">
      <bdi className="setting-path">
        <code>
          {setting.path.slice(0, -1).map((part, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of a path may be equal
            <span key={index} className="soft">
              {visibleLine(part)}.
            </span>
          ))}
          {visibleLine(setting.path.at(-1) ?? "")}
        </code>
      </bdi>
      <span className="setting-value">
        <Value value={setting.value} />
        {setting.hides.map((hidden) => (
          <span key={hidden.layer} className="soft small setting-hides">
            {LAYERS[hidden.layer].text}: <Value value={hidden.value} />
          </span>
        ))}
      </span>
      <span className="setting-layer">
        <Badge look={look} title={`From ${from}`}>
          {text}
        </Badge>
      </span>
    </li>
  );
}

function Value({ value }: { readonly value: string | null }): ReactNode {
  if (value === null) return <em className="soft">secret, left out</em>;
  return <code dir="auto">{visibleLine(value)}</code>;
}
