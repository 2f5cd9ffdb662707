// Of depot.test.ts: a terminal that signs in by a code: who is asked, what they see, and what their answer does.
import { expect, test } from "bun:test";
import type { DepotStand } from "./depot-stand.ts";
import { signInAs } from "./world.ts";

export function device(stand: DepotStand): void {
  const begin = async (label: string) => {
    const answer = await stand.world.depot.call("POST", "/sign-in/device", { json: { label, days: 30 } });
    return (await answer.json()) as { device_code: string; user_code: string };
  };
  const poll = async (device_code: string) =>
    (await stand.world.depot.call("POST", "/sign-in/device/token", { json: { device_code } })).status;

  test("a terminal's code leads to what asks; nothing is approved by opening it", async () => {
    const { device_code, user_code } = await begin("hab on ship");
    const mia = await stand.open({ expected: [/status of 404/] });
    await mia.page.goto(`/sign-in/device?code=${user_code}`);
    await mia.page.getByText("Sign in first").waitFor();
    const { href } = new URL(
      (await mia.page.getByRole("link", { name: "Sign in" }).last().getAttribute("href")) ?? "",
      mia.page.url(),
    );
    expect(new URL(href).searchParams.get("back")).toBe(`/sign-in/device?code=${user_code}`);
    await signInAs(mia, stand.world.depot.url, "mia");

    await mia.page.goto("/sign-in/device");
    await mia.page.getByLabel("Code").fill("BCDF-BCDF");
    await mia.page.keyboard.press("Enter");
    await mia.page.getByText("There is no such code").waitFor();
    await mia.page.goto("/sign-in/device");
    await mia.page.getByLabel("Code").fill(user_code.toLowerCase());
    await mia.page.keyboard.press("Enter");
    for (const text of ["hab on ship", user_code, "127.0.0.1, as you do", "for 30 days"])
      await mia.page.getByText(text, { exact: true }).waitFor();
    await mia.check();
    expect(await poll(device_code)).toBe(202);
    await mia.page.getByRole("button", { name: "Approve" }).press("Enter");
    await mia.page.getByRole("heading", { name: "Approved" }).waitFor();
    expect(await poll(device_code)).toBe(200);

    const other = await begin("hab elsewhere");
    await mia.page.goto(`/sign-in/device?code=${other.user_code}`);
    await mia.page.getByRole("button", { name: "Refuse" }).press("Enter");
    await mia.page.getByRole("heading", { name: "Refused" }).waitFor();
    expect(await poll(other.device_code)).toBe(403);
    await mia.close();
  });
}
