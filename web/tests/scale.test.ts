import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scaleOf, share, written } from "../src/business/scale.ts";

const VALUES = fc.array(fc.integer({ min: -1e12, max: 1e12 }), { maxLength: 40 });

describe("a chart's scale", () => {
  it("holds every value and nought, on few marks of one distance", () => {
    fc.assert(
      fc.property(VALUES, (values) => {
        const scale = scaleOf(values);
        const steps = scale.ticks.slice(1).map((tick, n) => tick - scale.ticks[n]!);
        expect(scale.ticks.length).toBeLessThanOrEqual(5);
        expect(scale.ticks.length).toBeGreaterThanOrEqual(2);
        expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(steps[0]! * 1e-9);
        for (const value of [0, ...values]) {
          expect(share(scale, value)).toBeGreaterThanOrEqual(0);
          expect(share(scale, value)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it.each([
    [[0, 100], [0, 25, 50, 75, 100]],
    [[3, 7], [0, 2, 4, 6, 8]],
    [[-40, 90], [-50, 0, 50, 100]],
    [[], [0, 1]],
  ])("%j has the marks %j", (values, ticks) => {
    expect(scaleOf(values).ticks).toEqual(ticks);
  });

  it("writes a few labels, the first among them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 12 }), (n, most) => {
        const shown = Array.from({ length: n }, (_, place) => place).filter(written(n, most));
        expect(shown[0]).toBe(0);
        expect(shown.length).toBeLessThanOrEqual(most);
      }),
    );
  });
});
