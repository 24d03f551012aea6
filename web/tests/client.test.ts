import { afterEach, describe, expect, it, vi } from "vitest";
import { call, onSignedOut, query } from "../src/lib/api/client.ts";

const answering = (answer: () => Response) => vi.stubGlobal("fetch", () => Promise.resolve().then(answer));
const refusal = (status: number, code: string) => () => new Response(JSON.stringify({ status, code }), { status });

afterEach(() => vi.unstubAllGlobals());

describe("a call", () => {
  it.each([
    [401, "not_signed_in", 1],
    [401, "session_ended", 1],
    [401, "sign_in_refused", 0],
    [403, "pin_wrong", 0],
  ])("that is refused with %s %s signs out %s times", async (status, code, times) => {
    let signedOut = 0;
    onSignedOut.run = () => signedOut++;
    answering(refusal(status, code));
    await expect(call("GET", "/v1/limits")).rejects.toMatchObject({ status, code });
    expect(signedOut).toBe(times);
  });

  it("without an answer, or with half of one, may be repeated", async () => {
    answering(() => {
      throw new TypeError("gone");
    });
    await expect(call("PUT", "/v1/payments/1", {})).rejects.toMatchObject({ name: "NoAnswer" });
    answering(() => new Response('{"id": "1"'));
    await expect(call("PUT", "/v1/payments/1", {})).rejects.toMatchObject({ name: "NoAnswer" });
  });

  it("puts into an address only what was given", () => {
    expect(query({ since: 3, cursor: undefined, filter: "a&b" })).toBe("?since=3&filter=a%26b");
    expect(query({ cursor: undefined })).toBe("");
  });
});
