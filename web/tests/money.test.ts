import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimal, exponent, formatMoney, formatShort, parseMoney, symbol } from "../src/lib/money.ts";
import { pressed } from "../src/pay/amount-input.tsx";

describe("an amount", () => {
  it("survives writing and reading in every locale and currency that we try", () => {
    const currencies = fc.constantFrom("USD", "EUR", "JPY", "BHD");
    const locales = fc.constantFrom("en-US", "fr-FR", "de-CH");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 - 1 }), currencies, locales, (minor, currency, locale) => {
        expect(parseMoney(formatMoney(minor, currency, locale), currency)).toBe(minor);
      }),
    );
  });

  it.each([
    ["20", "USD", 2000],
    ["20.5", "USD", 2050],
    ["20,50", "EUR", 2050],
    ["1 234,56 €", "EUR", 123_456],
    ["$1,234.56", "USD", 123_456],
    [".5", "USD", 50],
    ["0.1", "USD", 10],
    ["500", "JPY", 500],
    ["1.234", "BHD", 1234],
    ["90071992547409.91", "USD", 9_007_199_254_740_991],
  ])("reads %s %s", (text, currency, minor) => {
    expect(parseMoney(text, currency)).toBe(minor);
  });

  it.each([
    ["", "USD"],
    [".", "USD"],
    ["-5", "USD"],
    ["1e3", "USD"],
    ["20.555", "USD"],
    ["5.5", "JPY"],
    ["1.2.3", "USD"],
    ["12,34,56.00", "USD"],
    ["٣", "USD"],
    ["90071992547409.92", "USD"],
  ])("does not guess at %s %s", (text, currency) => {
    expect(parseMoney(text, currency)).toBeNull();
  });

  it("becomes a decimal string without passing through a float", () => {
    expect([decimal(5, "USD"), decimal(1800, "USD"), decimal(500, "JPY"), decimal(-5, "BHD")]).toEqual([
      "0.05",
      "18.00",
      "500",
      "-0.005",
    ]);
    expect(formatMoney(9_007_199_254_740_991, "USD", "en-US")).toBe("$90,071,992,547,409.91");
  });

  it("is written as its language writes it", () => {
    expect(formatMoney(123_456, "EUR", "fr-FR")).toBe("1\u202f234,56\u00a0€");
    expect(formatShort(28_000, "USD", "en-US")).toBe("$280");
    expect(formatShort(28_050, "USD", "en-US")).toBe("$280.50");
    expect(symbol("EUR", "fr-FR")).toEqual({ sign: "€", before: false });
    expect(exponent("USD")).toBe(2);
  });
});

describe("the keypad", () => {
  const type = (keys: string, mark = ".") => [...keys].reduce((text, key) => pressed(text, key, mark), "");

  it.each([
    ["20", "20"],
    ["0005", "5"],
    [".5", "0.5"],
    ["1.2.3", "1.23"],
    ["1.234", "1.23"],
    ["1234567890123", "123456789012"],
  ])("makes %s into %s", (keys, text) => {
    expect(type(keys)).toBe(text);
  });

  it("writes the mark of the language", () => {
    expect(type("20,5", ",")).toBe("20,5");
  });
});
