import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { day, month, whyNot } from "../src/activity/periods.ts";

const at = (text: string) => new Date(`${text}T12:00:00`).getTime();

describe("the days of a statement", () => {
  it.each([
    ["2026-11-25", { from: "2026-11-01", to: "2026-11-25" }, { from: "2026-10-01", to: "2026-10-31" }],
    ["2026-01-01", { from: "2026-01-01", to: "2026-01-01" }, { from: "2025-12-01", to: "2025-12-31" }],
    ["2028-03-31", { from: "2028-03-01", to: "2028-03-31" }, { from: "2028-02-01", to: "2028-02-29" }],
  ])("on %s are this month up to today, and all of the last", (today, now, before) => {
    expect(month(at(today), 0)).toEqual(now);
    expect(month(at(today), 1)).toEqual(before);
  });

  it("leave no gap: the last month ends on the day before this one begins", () => {
    fc.assert(
      fc.property(fc.integer({ min: at("2015-01-01"), max: at("2100-01-01") }), (now) => {
        const next = new Date(`${month(now, 1).to}T12:00:00`);
        next.setDate(next.getDate() + 1);
        expect(day(next)).toBe(month(now, 0).from);
        expect(whyNot(month(now, 1))).toBeNull();
      }),
    );
  });

  it.each([
    [{ from: "", to: "2026-01-01" }, "missing"],
    [{ from: "2026-01-02", to: "2026-01-01" }, "backwards"],
    [{ from: "2026-01-01", to: "2027-01-02" }, "too_long"],
    [{ from: "2028-01-01", to: "2028-12-31" }, null],
    [{ from: "2026-01-01", to: "2026-01-01" }, null],
  ])("%j: %s", (period, why) => {
    expect(whyNot(period)).toBe(why);
  });
});
