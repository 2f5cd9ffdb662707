// Accounts an origin has with other services, sealed with the depot's own key.
import type { Queries, Writing } from "./database.ts";
import type { RowId } from "./schema.ts";

/** Which account of which service, in which origin. */
export interface IntegrationName {
  readonly origin: string;
  readonly integration: string;
  readonly name: string;
}

/** Names by kind of service, both in order. */
export async function integrationsOf(
  db: Queries,
  origin: string,
): Promise<{ integration: string; name: string }[]> {
  return await db
    .selectFrom("origin_integrations")
    .select(["integration", "name"])
    .where("origin", "=", origin)
    .orderBy("integration")
    .orderBy("name")
    .execute();
}

/** The sealed body. */
export async function integrationBody(db: Queries, of: IntegrationName): Promise<string | undefined> {
  const row = await db
    .selectFrom("origin_integrations")
    .select("body")
    .where("origin", "=", of.origin)
    .where("integration", "=", of.integration)
    .where("name", "=", of.name)
    .executeTakeFirst();
  return row?.body;
}

/** Adds an integration, or gives it another body. */
export async function putIntegration(
  { db, at, newId }: Writing,
  ownerId: RowId,
  of: IntegrationName,
  body: string,
): Promise<void> {
  await db
    .insertInto("origin_integrations")
    .values({
      id: newId(),
      origin: of.origin,
      integration: of.integration,
      name: of.name,
      body,
      owner_id: ownerId,
      created_at: at,
      updated_at: at,
    })
    .onConflict((conflict) =>
      conflict.columns(["origin", "integration", "name"]).doUpdateSet({ body, updated_at: at }),
    )
    .execute();
}

/** Removes an integration; false when there was none. */
export async function deleteIntegration({ db }: Writing, of: IntegrationName): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("origin_integrations")
    .where("origin", "=", of.origin)
    .where("integration", "=", of.integration)
    .where("name", "=", of.name)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
