// Uploads harts to the depot of HAB_BLDR_URL with the key they are signed with, and promotes them to stable: publish.ts KEYS HART….
// As `hab pkg upload --channel stable`, but without the packages they need: those are on all machines of a test, and there are
// hundreds of megabytes of them. Run on a machine of the network.
import { formatKey, KeyCache, Secret } from "../../src/crypto/index.ts";
import { createDepotClient } from "../../src/depot-client/index.ts";
import { readArchive } from "../../src/package/index.ts";

const [keys = "", ...harts] = process.argv.slice(2);
const url = process.env["HAB_BLDR_URL"];
const token = process.env["HAB_AUTH_TOKEN"];
if (url === undefined || token === undefined)
  throw new Error("HAB_BLDR_URL and HAB_AUTH_TOKEN have to be set");
const client = createDepotClient({ url, token: new Secret(token) });
for (const path of harts) {
  const { ident, target, checksum, header } = await readArchive(path);
  await client.createOrigin(ident.origin);
  await client.uploadPublicKey(
    header.signer,
    formatKey(new KeyCache(keys).get("origin-public", header.signer)),
  );
  await client.uploadPackage(path, { ident, target, checksum, forced: false });
  await client.createChannel(ident.origin, "stable");
  await client.promotePackage(ident, "stable", target);
}
