import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { aftermath, fulfil, retrying } from "../src/pay/intention.ts";
import { payCards, tightest, whyNot } from "../src/pay/rules.ts";
import { aCard, aPayment, LIMITS } from "./examples.ts";

const READY = { minor: 2000, typed: true, limits: LIMITS, card: aCard({}), online: true };

describe("why a payment cannot be sent yet", () => {
  it.each([
    [{}, null],
    [{ online: false }, { why: "offline" }],
    [{ minor: null, typed: false }, { why: "amount" }],
    [{ minor: null, typed: true }, { why: "unreadable" }],
    [{ minor: 0 }, { why: "amount" }],
    [{ minor: 30_001 }, { why: "per_payment", most_minor: 30_000 }],
    [{ minor: 28_001 }, { why: "room", window: LIMITS.windows[0] }],
    [{ minor: 28_000 }, null],
    [{ card: undefined }, { why: "card" }],
  ])("%o → %o", (about, why) => {
    expect(whyNot({ ...READY, ...about })).toEqual(why);
  });

  it("turns on the window with least room, and on the default card first", () => {
    expect(tightest(LIMITS)?.name).toBe("day");
    const cards = [aCard({ id: "a" }), aCard({ id: "b", pays: true }), aCard({ id: "c", can_fund: false })];
    expect(payCards(cards).map(({ id }) => id)).toEqual(["b", "a"]);
  });
});

describe("one tap on Pay", () => {
  const ask = { payee_id: "bo", amount_minor: 2000, currency: "USD", note: "", card_id: "card-1" };
  const intention = { id: "payment-1", owner: "ann", ask };
  const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
  const kept = new Map<string, string>();
  let answers: (() => Response)[];
  let calls: string[];

  beforeEach(() => {
    vi.useFakeTimers();
    kept.clear();
    calls = [];
    vi.stubGlobal("localStorage", {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    });
    vi.stubGlobal("fetch", (path: string, { method, body }: { method: string; body: string | null }) => {
      calls.push(`${method} ${path} ${body ?? ""}`.trim());
      return Promise.resolve().then(answers.shift()!);
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const lost = () => {
    throw new TypeError("connection lost");
  };

  it("is repeated with the same id until it is answered", async () => {
    answers = [lost, () => json(503, { code: "unavailable" }), () => json(200, aPayment({}))];
    const sent = fulfil(intention);
    await vi.advanceTimersByTimeAsync(10);
    expect(kept.size).toBe(1);
    await vi.advanceTimersByTimeAsync(5000);
    expect((await sent).id).toBe("payment-1");
    expect(new Set(calls).size).toBe(1);
    expect([calls.length, kept.size, retrying.value]).toEqual([3, 0, false]);
  });

  it("ends with a refusal: nothing was taken, nothing is tried again", async () => {
    answers = [() => json(402, { code: "not_friends" })];
    await expect(fulfil(intention)).rejects.toMatchObject({ code: "not_friends" });
    expect([calls.length, kept.size]).toEqual([1, 0]);
  });

  it.each([
    ["it was sent", () => json(200, aPayment({})), { sent: aPayment({}) }, 0],
    ["it never came there", () => json(404, { code: "payment_not_found" }), { notSent: ask }, 0],
    ["still no answer", lost, null, 1],
  ])("is asked after, never repeated, when the page died in between: %s", async (_, answer, expected, left) => {
    kept.set("tuppence.sending", JSON.stringify(intention));
    answers = [answer];
    expect(await aftermath("ann")).toEqual(expected);
    expect([calls, kept.size]).toEqual([["GET /v1/payments/payment-1"], left]);
  });

  it("is nobody else's business", async () => {
    kept.set("tuppence.sending", JSON.stringify(intention));
    expect(await aftermath("bo")).toBeNull();
    expect(calls).toEqual([]);
  });
});
