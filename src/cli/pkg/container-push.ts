// Sends an image to a registry, as the options of `hab pkg export container` say it.
import {
  amazonCredentials,
  type Credentials,
  type Image,
  type ImageName,
  identifiersOf,
  pushImage,
  repositoryOf,
} from "../../export/index.ts";
import type { Ui } from "../../ui/index.ts";

export const REGISTRY_TYPES = ["docker", "amazon", "azure"] as const;

export interface PushSettings {
  readonly type: (typeof REGISTRY_TYPES)[number];
  readonly registry: string | undefined;
  /** Repositories of that registry that may have layers already. */
  readonly mountFrom: readonly string[];
  readonly credentials: Credentials;
  /** Where Amazon's tokens are to be had, when not at Amazon. */
  readonly endpoint: string | undefined;
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

/** Pushes the image under every tag. Throws HAB-EXP-005, HAB-EXP-006. */
export async function pushTo(image: Image, name: ImageName, settings: PushSettings): Promise<void> {
  const { type, registry = "", credentials, endpoint, ui, signal } = settings;
  const repository = repositoryOf(name.name);
  ui.status("Uploading", `${identifiersOf(name).join(", ")} to ${new URL(repository.base).host}`);
  const total = image.layers.reduce((sum, { size }) => sum + size, image.config.size);
  const bar = ui.progress(name.name, total);
  let done = 0;
  const outcomes = { present: 0, mounted: 0, sent: 0 };
  try {
    await pushImage(image, {
      repository,
      tags: name.tags,
      credentials:
        type === "amazon"
          ? await amazonCredentials({ registry, keyPair: credentials, endpoint, signal })
          : credentials,
      readsFrom: settings.mountFrom,
      onBlob: ({ size, outcome }) => {
        outcomes[outcome]++;
        done += size;
        bar.update(done);
      },
      signal,
    });
  } finally {
    bar.finish();
  }
  const { sent, mounted, present } = outcomes;
  ui.status(
    "Uploaded",
    `${name.name} (${image.manifest.digest}): ${sent} sent, ${mounted} taken over, ${present} were there`,
  );
}
