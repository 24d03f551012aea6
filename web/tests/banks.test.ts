import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountProblem, cents, holderProblem, ibanProblem, routingProblem } from "../src/banks/rules.ts";
import type { BankAccount, Card } from "../src/lib/api/types.ts";
import { withBank, withCard } from "../src/lib/feed/apply.ts";
import { aState } from "./examples.ts";

const bank = (id: string, receives: boolean): BankAccount => ({
  id,
  bank: "Harbor Savings",
  kind: "checking",
  holder: "Bo Berg",
  last4: "0010",
  state: "active",
  reason: null,
  tries_left: null,
  deposits_by: null,
  expires_at: null,
  debits_from: null,
  receives,
});
const card = (id: string, receives: boolean) => ({ id, state: "active", pays: false, receives }) as Card;

describe("a bank account's numbers", () => {
  it.each([
    ["099900027", null],
    ["099900028", "problem.routing_invalid"],
    ["09990002", "bank.why_routing"],
    ["09990002a", "bank.why_routing"],
  ])("routing %s", (routing, problem) => {
    expect(routingProblem(routing)).toBe(problem);
  });

  it.each([
    ["12345", null],
    ["12345678901234567", null],
    ["1234", "bank.why_account"],
    ["123456789012345678", "bank.why_account"],
    ["12 345", "bank.why_account"],
  ])("account %s", (account, problem) => {
    expect(accountProblem(account)).toBe(problem);
  });

  it("a name that has something in it", () => {
    expect(holderProblem("Bo Berg", 22)).toBeNull();
    expect(holderProblem("  ", 22)).toBe("bank.why_holder");
    expect(holderProblem("x".repeat(23), 22)).toBe("bank.why_holder");
    expect(holderProblem("x".repeat(23), 70)).toBeNull();
  });

  it.each([
    ["DE45999900011000000010", null],
    ["FR6199999000011000000010035", null],
    ["NL58TULP0100000010", null],
    ["DE45999900011000000011", "problem.iban_invalid"],
    ["DE54999900011000000010", "problem.iban_invalid"],
    ["4599990001", "bank.why_iban"],
    ["", "bank.why_iban"],
  ])("IBAN %s", (iban, problem) => {
    expect(ibanProblem(iban)).toBe(problem);
  });

  it.each([
    ["12", 12],
    ["0.12", 12],
    ["$0.07", 7],
    ["0,57", 57],
    [".5", 5],
    ["0", null],
    ["100", null],
    ["1.20", null],
    ["", null],
    ["twelve", null],
  ])("cents as typed: %s", (text, value) => {
    expect(cents(text)).toBe(value);
  });
});

describe("what money is received on", () => {
  it("is one thing at most, whatever order the news comes in", () => {
    const news = fc.array(fc.tuple(fc.constantFrom("card", "bank"), fc.constantFrom("1", "2"), fc.boolean()));
    fc.assert(
      fc.property(news, (told) => {
        const state = told.reduce(
          (known, [kind, id, receives]) =>
            kind === "card" ? withCard(known, card(`card-${id}`, receives)) : withBank(known, bank(`bank-${id}`, receives)),
          aState(),
        );
        const receiving = [...state.cards, ...state.bank_accounts].filter((one) => one.receives);
        expect(receiving.length).toBeLessThanOrEqual(1);
        if (told.at(-1)?.[2]) expect(receiving.map((one) => one.id)).toEqual([`${told.at(-1)![0]}-${told.at(-1)![1]}`]);
      }),
    );
  });

  it("forgets an account that was removed", () => {
    const known = withBank(aState(), bank("bank-1", true));
    expect(withBank(known, { ...bank("bank-1", true), state: "removed" }).bank_accounts).toEqual([]);
  });
});
