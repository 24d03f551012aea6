import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as model from "../reference/model.ts";

const told = JSON.parse(readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf8")) as model.Description;
const all = [...model.grouped(told).values()].flat();

describe("the reference", () => {
  it("shows every operation once, by its tag", () => {
    const count = Object.values(told.paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0);
    expect(all.length).toBe(count);
    expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(count);
  });

  it("finds what is typed, word by word", () => {
    expect(model.matching(all, "webhook rotate").map(({ operationId }) => operationId)).toContain(
      "rotate_webhook_secret",
    );
    expect(model.matching(all, "no such words anywhere")).toEqual([]);
  });

  it("names every schema's sort, and follows every reference to one that there is", () => {
    const refs = [...JSON.stringify(told).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ({ $ref: ref! }));
    for (const ref of refs) expect(Object.keys(model.resolved(ref, told.components.schemas).schema)).not.toEqual([]);
    expect(model.sort({ anyOf: [{ type: "string", format: "uuid" }, { type: "null" }] })).toBe("string (uuid) or null");
    expect(model.sort({ type: "array", items: { $ref: "#/components/schemas/Delivery" } })).toBe("list of Delivery");
  });

  it("gives a command with the example's body", () => {
    const one = all.find(({ operationId }) => operationId === "replay_events")!;
    const command = model.curl(one, "https://pay.example", told.components.schemas);
    expect(command).toContain("curl -X POST https://pay.example/v1/webhook-endpoints/{endpoint_id}/replay");
    expect(command).toContain('-d \'{"event_ids":["');
    expect(model.entrance(one)).toBe("a session or an API key");
  });
});
