import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import SAYS from "@says";
import { clock } from "../src/lib/clock.ts";
import { locale } from "../src/lib/i18n/index.ts";
import { says, undoLeft } from "../src/lib/says.ts";
import { isIcon } from "../src/ui/icon.tsx";
import type { Payment, PaymentState } from "../src/lib/api/types.ts";
import { aPayment } from "./examples.ts";

const raw = (payment: Payment) =>
  says(payment)!
    .sentence.map((piece) => piece.text)
    .join("");
/** As it is read: without marks of direction, and every space an ordinary one. */
const text = (payment: Payment) =>
  raw(payment)
    .replace(/[\u2068\u2069]/g, "")
    .replace(/\s/g, " ");
const ARRIVAL = {
  earliest: "2026-11-25T14:00:00Z",
  latest: "2026-11-26T14:00:00Z",
  fast: false,
  reason_code: "weekend",
  reason_facts: {},
};

/** A payment of which every fact is known, so that no placeholder may stay empty. */
const FULL = aPayment({
  expires_at: "2026-12-01T12:00:00Z",
  next_update_at: "2026-11-24T12:15:00Z",
  step_up: { needed: false, reason: null, methods: ["pin"], until: "2026-11-24T12:10:00Z" },
  receiving: { brand: "mastercard", last4: "1111", bank: "Harbor Bank" },
  arrival: ARRIVAL,
  trace: "507718004411",
});

beforeEach(() => {
  locale.value = "en";
});

describe("what a payment says", () => {
  it("has an icon that we ship for every row, and a word for every action", () => {
    expect(SAYS.rows.filter((row) => !isIcon(row.chip.icon)).map((row) => row.key)).toEqual([]);
    const offered = new Set(SAYS.rows.flatMap((row) => row.actions));
    expect([...offered].filter((action) => !(action in SAYS.actions))).toEqual([]);
  });

  it.each(["en", "fr"] as const)("fills every placeholder of every row (%s)", (language) => {
    locale.value = language;
    for (const row of SAYS.rows) {
      const { late, dispute, cause, decline_code, fast, dated, step_up_needed } = row.when as Record<string, never>;
      const payment = aPayment({
        ...FULL,
        state: row.state as PaymentState,
        viewer: row.viewer as "payer" | "payee",
        cause: cause ?? null,
        decline_code: decline_code ?? null,
        dispute: dispute ?? "none",
        late: late ?? false,
        arrival: row.state === "crediting" && !dated ? null : { ...ARRIVAL, fast: fast ?? false },
        step_up: { ...FULL.step_up!, needed: step_up_needed ?? false },
      });
      expect(says(payment)?.key).toBe(row.key);
      expect(raw(payment)).not.toMatch(/\u2068…|[{}]/); // An unknown fact would show as an isolated ellipsis.
    }
  });

  it("says one day once and an interval short", () => {
    const payment = aPayment({ ...FULL, state: "credited" });
    expect(text(payment)).toMatch(/expected Wed, Nov 25 – Thu, Nov 26\.$/);
    const oneDay = { ...payment, arrival: { ...ARRIVAL, latest: "2026-11-25T16:00:00Z" } };
    expect(text(oneDay)).toMatch(/expected Wed, Nov 25\.$/);
  });

  it("offers only what the server allows, but another card always", () => {
    expect(says(aPayment({ state: "created", can: [] }))!.actions).toEqual([]);
    expect(says(aPayment({ state: "created", can: ["cancel"] }))!.actions).toEqual(["cancel"]);
    expect(says(aPayment({ state: "debit_failed", can: [] }))!.actions).toEqual(["another_card"]);
  });

  it("says nothing to whom the payment is not shown", () => {
    expect(says(aPayment({ state: "debiting", viewer: "payee" }))).toBeNull();
  });

  it("counts down to undo by the server's clock", () => {
    const payment = aPayment({ undo_until: new Date(clock.now() + 4000).toISOString(), can: ["cancel"] });
    expect(undoLeft(payment)).toBeGreaterThan(3500);
    expect(undoLeft({ ...payment, can: [] })).toBe(0);
    expect(undoLeft(payment, clock.now() + 5000)).toBe(0);
  });

  it("never promises more time to undo than there is, however wrong our clock", () => {
    const payment = aPayment({
      updated_at: "2026-11-24T12:00:00Z",
      undo_until: "2026-11-24T12:00:05Z",
      can: ["cancel"],
    });
    expect(undoLeft(payment, Date.parse("2026-11-24T11:59:59.500Z"))).toBe(5000);
    expect(undoLeft(payment, Date.parse("2026-11-24T12:00:03Z"))).toBe(2000);
  });

  it("takes its words from the one table and keeps none of its own", () => {
    const catalogue = readFileSync(new URL("../src/lib/i18n/en.json", import.meta.url), "utf8");
    const copied = SAYS.rows.filter((row) => catalogue.includes(row.sentence.en));
    expect(copied.map((row) => row.key)).toEqual([]);
  });
});
