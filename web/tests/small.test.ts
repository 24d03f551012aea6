import { describe, expect, it } from "vitest";
import { understand } from "../src/cards/messages.ts";
import { lines } from "../src/chat/lines.ts";
import { readProblem } from "../src/lib/api/problem.ts";
import { uuid7 } from "../src/lib/ids.ts";
import { parse } from "../src/lib/route.ts";
import { handleIn } from "../src/people/handle.ts";
import { steps } from "../src/receipt/steps.ts";
import { nextFriday } from "../src/shell/friday.ts";
import { initials } from "../src/ui/initials.ts";
import { aMessage, aPayment, BO, ME } from "./examples.ts";

describe("an address", () => {
  it.each([
    ["/", { screen: "home" }],
    ["/c/abc", { screen: "chat", conversation: "abc" }],
    ["/add/bo", { screen: "add", handle: "bo" }],
    ["/receipt/p1", { screen: "receipt", payment: "p1" }],
    ["/pay/bo?amount=1200&note=hi", { screen: "pay", handle: "bo", amount: "1200", note: "hi" }],
    ["/settings", { screen: "settings" }],
    ["/c/abc/m/3", { screen: "lost" }],
    ["/business", { screen: "business", business: null, section: "", rest: [] }],
    ["/business/b1", { screen: "business", business: "b1", section: "", rest: [] }],
    ["/business/b1/ads/c%20d/x", { screen: "business", business: "b1", section: "ads", rest: ["c d", "x"] }],
    ["/nowhere", { screen: "lost" }],
    ["/add/%E0%A4%A", { screen: "add", handle: "%E0%A4%A" }],
  ])("%s", (address, route) => {
    expect(parse(address)).toEqual(route);
  });
});

describe("what the vault's frame says", () => {
  it.each([
    [
      { type: "tuppence.card", token: "card_1" },
      { type: "tuppence.card", token: "card_1" },
    ],
    [
      { type: "tuppence.card.size", height: 9e9 },
      { type: "tuppence.card.size", height: 2000 },
    ],
    [{ type: "tuppence.card.cancelled", more: 1 }, { type: "tuppence.card.cancelled" }],
    [{ type: "tuppence.card", token: 4 }, null],
    [{ type: "tuppence.card.size", height: NaN }, null],
    ["tuppence.card", null],
    [null, null],
  ])("%o is understood as %o", (data, meaning) => {
    expect(understand(data)).toEqual(meaning);
  });
});

describe("a conversation's lines", () => {
  it("mark days and hold a run of one sender together", () => {
    const at = (day: number, minute: number) => new Date(2026, 10, day, 12, minute).toISOString();
    const messages = [
      aMessage({ seq: 1, sender_id: BO, at: at(23, 0) }),
      aMessage({ seq: 2, sender_id: BO, at: at(23, 1) }),
      aMessage({ seq: 3, sender_id: ME, at: at(23, 2) }),
      aMessage({ seq: 4, sender_id: ME, at: at(24, 0) }),
    ];
    const shown = lines(messages).map((line) => (line.kind === "day" ? "day" : line.ends));
    expect(shown).toEqual(["day", false, true, true, "day", true]);
  });
});

describe("a receipt's steps", () => {
  const arrival = {
    earliest: "2026-11-25T14:00:00Z",
    latest: "2026-11-26T14:00:00Z",
    fast: false,
    reason_code: "weekend",
    reason_facts: {},
  };
  const timeline = [{ state: "created", at: "2026-11-24T12:00:00Z", detail: null }];

  it.each([
    ["credited", ["done", "expected"]],
    ["available", ["done"]],
    ["returning", ["done"]],
  ] as const)("of a payment that is %s", (state, kinds) => {
    expect(steps(aPayment({ state, arrival, timeline })).map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe("a problem", () => {
  it("is read with its facts, its code and its reference", async () => {
    const body = { type: "about:blank", status: 402, code: "limit_exceeded", request_id: "r1", room_minor: 5 };
    const problem = await readProblem(new Response(JSON.stringify(body), { status: 402 }));
    expect(problem).toMatchObject({ status: 402, code: "limit_exceeded", requestId: "r1", facts: { room_minor: 5 } });
  });

  it("is still one when a proxy answers with a page", async () => {
    const problem = await readProblem(new Response("<html>", { status: 502, headers: { "Request-Id": "r2" } }));
    expect(problem).toMatchObject({ status: 502, code: "unreadable", requestId: "r2" });
  });
});

describe("small things", () => {
  it("an id is a UUIDv7 whose order is that of time", () => {
    const [early, late] = [uuid7(1_700_000_000_000), uuid7(1_800_000_000_000)];
    expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(early < late).toBe(true);
    expect(parseInt(early.replaceAll("-", "").slice(0, 12), 16)).toBe(1_700_000_000_000);
  });

  it.each([
    ["@Bo", "bo"],
    [" http://localhost:8000/add/bo?x=1 ", "bo"],
    ["bo", "bo"],
  ])("a handle is found in %s", (text, handle) => {
    expect(handleIn(text)).toBe(handle);
  });

  it.each([
    ["Ann Archer", "AA"],
    ["Bo", "B"],
    ["  anna maria de souza ", "AS"],
    ["👩‍🚀 Zoe", "👩Z"],
  ])("the initials of %s", (name, letters) => {
    expect(initials(name)).toBe(letters);
  });

  it("the next Friday 18:00 lies ahead, on a Friday, at most a week away", () => {
    for (let hours = 0; hours < 24 * 8; hours += 5) {
      const from = new Date(2026, 10, 20, 17, 59).getTime() + hours * 3_600_000;
      const friday = new Date(nextFriday(from));
      expect([friday.getDay(), friday.getHours()]).toEqual([5, 18]);
      expect(friday.getTime()).toBeGreaterThan(from);
      expect(friday.getTime() - from).toBeLessThanOrEqual(7 * 86_400_000);
    }
  });
});
