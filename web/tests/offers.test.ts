import { expect, it } from "vitest";
import { offerIn } from "../src/games/offer-in.ts";

const PURCHASE = "01a215b4-d361-73af-b8fd-168cd73cbefd";
const HERE = "http://localhost:8000";

it("finds an offer of this house's in what somebody wrote, and nobody else's", () => {
  expect(offerIn(`Look: ${HERE}/buy/${PURCHASE}!`, HERE)).toBe(`/buy/${PURCHASE}`);
  for (const text of [
    "buy this",
    `/buy/${PURCHASE}`,
    `https://evil.example/buy/${PURCHASE}`,
    `${HERE}.evil.example/buy/${PURCHASE}`,
    `${HERE}/buy/${PURCHASE}/more`,
    `${HERE}/buy/not-an-id`,
  ])
    expect(offerIn(text, HERE)).toBeNull();
});
