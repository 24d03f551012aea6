import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServerClock } from "../src/lib/clock.ts";

const LOCAL_MS = Date.parse("2026-11-24T12:00:00.250Z");
const header = (server_ms: number) => new Date(Math.floor(server_ms / 1000) * 1000).toUTCString();

describe("the server's clock", () => {
  it("is known to within the slower of its ways, however the answers travel", () => {
    const trips = fc.array(fc.record({ wait: fc.nat(900), out: fc.nat(200), home: fc.nat(200) }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(trips, fc.integer({ min: -86_400_000, max: 86_400_000 }), (hops, ahead) => {
        const clock = new ServerClock();
        let local = LOCAL_MS;
        for (const { wait, out, home } of hops) {
          const sent = (local += wait);
          clock.observe(header(sent + out + ahead), sent, (local = sent + out + home));
        }
        expect(Math.abs(clock.difference_ms - ahead)).toBeLessThanOrEqual(700);
      }),
    );
  });

  it("closes in on the truth as answers come", () => {
    const clock = new ServerClock();
    for (let n = 0; n < 20; n++) {
      const at = LOCAL_MS + n * 1050;
      clock.observe(header(at + 5000), at, at);
    }
    expect(Math.abs(clock.difference_ms - 5000)).toBeLessThanOrEqual(50);
  });

  it("starts over when this device's clock was set", () => {
    const clock = new ServerClock();
    clock.observe(header(LOCAL_MS), LOCAL_MS, LOCAL_MS);
    clock.observe(header(LOCAL_MS), LOCAL_MS - 60_000, LOCAL_MS - 60_000);
    expect(Math.abs(clock.difference_ms - 60_000)).toBeLessThanOrEqual(1000);
  });

  it("adds the sandbox's days, and takes a page without a Date header for nothing", () => {
    const clock = new ServerClock();
    clock.observe(null, LOCAL_MS, LOCAL_MS);
    clock.sandbox_ms = 86_400_000;
    expect(clock.now(LOCAL_MS)).toBe(LOCAL_MS + 86_400_000);
  });
});
