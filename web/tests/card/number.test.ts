import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brand, digits, expiry, expiryTyped, grouped, isCurrent, isCvv, isNumber, isZip, passesLuhn } from "../../card/number.ts";
import { CATALOGUES } from "../../card/words.ts";

const numbers = fc.stringMatching(/^[0-9]{12,18}$/).map((body) => [..."0123456789"].map((last) => body + last).find(passesLuhn)!);

describe("a card number", () => {
  it("keeps its digits when it is grouped", () => {
    fc.assert(fc.property(fc.stringMatching(/^[0-9]{0,19}$/), (number) => digits(grouped(number)) === number || brand(number) === "amex"));
  });
  it("fails with any one digit changed", () => {
    fc.assert(
      fc.property(numbers, fc.nat(18), fc.integer({ min: 1, max: 9 }), (number, place, shift) => {
        const at = place % number.length;
        const other = number.slice(0, at) + ((Number(number[at]) + shift) % 10) + number.slice(at + 1);
        return passesLuhn(number) && !passesLuhn(other);
      }),
    );
  });
  it.each([
    ["4000110000000017", "visa", "4000 1100 0000 0017", true],
    ["5100120000000012", "mastercard", "5100 1200 0000 0012", true],
    ["2720990000000007", "mastercard", "2720 9900 0000 0007", true],
    ["378282246310005", "amex", "3782 822463 10005", true],
    ["4000110000000018", "visa", "4000 1100 0000 0018", false],
    ["510012000000001", "mastercard", "5100 1200 0000 001", false],
  ])("%s is told, grouped and judged", (number, of, shown, good) => {
    expect([brand(number), grouped(number), isNumber(number)]).toEqual([of, shown, good]);
  });
});

describe("an expiry date", () => {
  it.each([
    ["12/27", { month: 12, year: 2027 }],
    ["1227", { month: 12, year: 2027 }],
    ["1/27", { month: 1, year: 2027 }],
    ["12 / 2027", { month: 12, year: 2027 }],
    ["13/27", null],
    ["00/27", null],
    ["12", null],
    ["", null],
  ])("%s is read as people write it", (text, date) => {
    expect(expiry(text)).toEqual(date);
  });
  it.each([
    ["1", "1"],
    ["5", "05/"],
    ["12", "12/"],
    ["1227", "12/27"],
    ["122027", "12/2027"],
  ])("%s gets its stroke while it is typed", (typed, shown) => {
    expect(expiryTyped(typed, false)).toBe(shown);
  });
  it("lets somebody take the stroke away again", () => {
    expect(expiryTyped("12", true)).toBe("12");
  });
  it("is good to the end of its month", () => {
    const today = new Date(2026, 10, 30);
    expect([11, 10].map((month) => isCurrent({ month, year: 2026 }, today))).toEqual([true, false]);
    expect(isCurrent({ month: 1, year: 2099 }, today)).toBe(false);
  });
});

it("takes codes and ZIPs of ASCII digits only", () => {
  expect([isCvv("123", "visa"), isCvv("1234", "visa"), isCvv("1234", "amex"), isCvv("１２３", null)]).toEqual([true, false, true, false]);
  expect(["10001", "10001-1234", "1000", "1000a"].map(isZip)).toEqual([true, true, false, false]);
});

it("says everything in both languages", () => {
  expect(Object.keys(CATALOGUES.fr).sort()).toEqual(Object.keys(CATALOGUES.en).sort());
});
