import { beforeEach, describe, expect, it } from "vitest";
import { NoAnswer, Problem } from "../src/lib/api/problem.ts";
import type { Message } from "../src/lib/api/types.ts";
import { add, again, drafts, drop, flush, keepOutbox, type Draft } from "../src/lib/feed/outbox.ts";
import { aMessage } from "./examples.ts";

const draft = (client_id: string): Draft => ({
  client_id,
  conversation_id: "chat-1",
  body: `text of ${client_id}`,
  at: "2026-11-24T12:00:00Z",
});

/** A storage that outlives a page. */
function storage(kept: Record<string, string> = {}) {
  return {
    kept,
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => void (kept[key] = value),
  };
}

/** A server that says each client_id once, however often it is asked, and may lose its answers. */
function server({ lose = 0 } = {}) {
  const said = new Map<string, Message>();
  let calls = 0;
  const send = ({ client_id, body }: Draft): Promise<Message> => {
    const message = said.get(client_id) ?? aMessage({ client_id, body, seq: said.size + 1 });
    said.set(client_id, message);
    return calls++ < lose ? Promise.reject(new NoAnswer()) : Promise.resolve(message);
  };
  return { said, send };
}

beforeEach(() => {
  drafts.value = [];
});

describe("the outbox", () => {
  it("sends in the order of writing and keeps nothing that was acknowledged", async () => {
    const { send } = server();
    const seen: string[] = [];
    ["a", "b", "c"].map(draft).forEach(add);
    await flush(send, (message) => seen.push(message.client_id));
    expect([seen, drafts.value]).toEqual([["a", "b", "c"], []]);
  });

  it("sends again after a lost answer, and the message is said once", async () => {
    const { send, said } = server({ lose: 1 });
    add(draft("a"));
    await flush(send, () => undefined);
    expect(drafts.value.length).toBe(1);
    await flush(send, () => undefined);
    expect([drafts.value, said.size]).toEqual([[], 1]);
  });

  it("survives a reload, for its owner only", async () => {
    const disk = storage();
    const letGo = keepOutbox("ann", disk);
    add(draft("a"));
    letGo();
    drafts.value = [];
    keepOutbox("bo", disk)();
    expect(drafts.value).toEqual([]);
    keepOutbox("ann", disk)();
    expect(drafts.value).toEqual([draft("a")]);
  });

  it("survives a storage that holds nonsense", () => {
    keepOutbox("ann", storage({ "tuppence.outbox.ann": "{" }))();
    expect(drafts.value).toEqual([]);
  });

  it("sets a refused message aside, sends the others, and tries it again when asked", async () => {
    let refuse = true;
    const send = ({ client_id }: Draft) =>
      client_id === "a" && refuse
        ? Promise.reject(new Problem(422, "invalid_request", {}, ""))
        : Promise.resolve(aMessage({ client_id }));
    ["a", "b"].map(draft).forEach(add);
    await flush(send, () => undefined);
    expect(drafts.value).toEqual([{ ...draft("a"), refused: "invalid_request" }]);
    refuse = false;
    again("a");
    await flush(send, () => undefined);
    expect(drafts.value).toEqual([]);
  });

  it("waits while the server is busy, and does not take that for a refusal", async () => {
    add(draft("a"));
    await flush(
      () => Promise.reject(new Problem(503, "unavailable", {}, "")),
      () => undefined,
    );
    expect(drafts.value).toEqual([draft("a")]);
  });

  it("lets go of a message whose echo comes by the feed first", () => {
    add(draft("a"));
    drop("a");
    expect(drafts.value).toEqual([]);
  });
});
