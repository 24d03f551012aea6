import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message, Payment, Update } from "../src/lib/api/types.ts";
import { apply, isStale, withMessages, withPayment } from "../src/lib/feed/apply.ts";
import { HOLE_MS, sort } from "../src/lib/feed/order.ts";
import type { State } from "../src/lib/feed/state.ts";
import { aMessage, aPayment, aState, BO, CHAT, ME } from "./examples.ts";

const numbered = (changes: Omit<Update, "feed_seq" | "at">[]): Update[] =>
  changes.map((change, index) => ({ ...change, feed_seq: index + 1, at: "2026-11-24T12:00:00Z" }));

/** A short life of a conversation: messages from both, receipts, a payment that goes through its versions. */
const life = fc
  .array(
    fc.oneof(
      fc.record({ kind: fc.constant("text" as const), mine: fc.boolean() }),
      fc.record({ kind: fc.constant("receipt" as const), mine: fc.boolean() }),
      fc.record({ kind: fc.constant("payment" as const), id: fc.integer({ min: 1, max: 3 }) }),
    ),
    { maxLength: 40 },
  )
  .map((happenings) => {
    let seq = 0;
    const versions = new Map<number, number>();
    return numbered(
      happenings.map((one) => {
        if (one.kind === "text")
          return { kind: "message", payload: aMessage({ seq: ++seq, sender_id: one.mine ? ME : BO }) };
        if (one.kind === "receipt")
          return {
            kind: "receipt",
            payload: { conversation_id: CHAT, person_id: one.mine ? ME : BO, read_seq: seq, unread: 0 },
          };
        const version = (versions.get(one.id) ?? 0) + 1;
        versions.set(one.id, version);
        return { kind: "payment", payload: aPayment({ id: `payment-${one.id}`, version }) };
      }),
    );
  });

/** What the device does: sort what came, apply what is ready, keep the rest, and read on from the server at the end. */
function live(state: State, frames: readonly Update[], all: readonly Update[]): State {
  let known = state;
  let early: readonly Update[] = [];
  const take = (updates: readonly Update[]) => {
    const sorted = sort(known.feed_seq, [...early, ...updates]);
    ({ early } = sorted);
    known = sorted.ready.reduce(apply, known);
  };
  for (const frame of frames) take([frame]);
  take(all.filter((update) => update.feed_seq > known.feed_seq)); // GET /v1/sync?since=
  return known;
}

describe("a feed", () => {
  it("converges whatever is dropped, repeated or reordered on the way", () => {
    const mishaps = life.chain((updates) =>
      fc.tuple(fc.constant(updates), fc.array(fc.nat({ max: Math.max(0, updates.length - 1) }), { maxLength: 80 })),
    );
    fc.assert(
      fc.property(mishaps, ([updates, picks]) => {
        const frames = updates.length ? picks.map((pick) => updates[pick]!) : [];
        expect(live(aState(), frames, updates)).toEqual(updates.reduce(apply, aState()));
      }),
    );
  });

  it("catches an apply without ordering: the seeded bug of taking frames as they come", () => {
    const updates = numbered([1, 2].map((seq) => ({ kind: "message", payload: aMessage({ seq, sender_id: BO }) })));
    const twice = [...updates, updates[1]!].reduce(apply, aState());
    expect(twice).not.toEqual(updates.reduce(apply, aState()));
  });

  it("keeps what is ahead of a hole and lets it through once the hole closes", () => {
    const [one, two, three] = numbered([1, 2, 3].map((seq) => ({ kind: "message", payload: aMessage({ seq }) })));
    const first = sort(0, [three!, one!]);
    expect(first).toEqual({ ready: [one], early: [three] });
    expect(sort(1, [...first.early, two!])).toEqual({ ready: [two, three], early: [] });
    expect(HOLE_MS).toBe(500);
  });

  it("moves past a kind that this version does not know", () => {
    const after = apply(aState(), { feed_seq: 1, kind: "weather", payload: {}, at: "2026-11-24T12:00:00Z" });
    expect(after).toEqual({ ...aState(), feed_seq: 1 });
  });
});

describe("messages", () => {
  const messages = (state: State): readonly Message[] => state.histories[CHAT]!.messages;

  it("count as unread when they come from the other and were not read", () => {
    const [mine, theirs] = [aMessage({ seq: 1, sender_id: ME }), aMessage({ seq: 2, sender_id: BO })];
    const after = numbered([mine, theirs].map((payload) => ({ kind: "message", payload }))).reduce(apply, aState());
    expect(after.conversations[CHAT]).toMatchObject({ unread: 1, read_seq: 0, last_seq: 2, last_message: theirs });
  });

  it("where we know of no conversation ask for a new snapshot", () => {
    const news = (conversation_id: string): Update => ({
      kind: "message",
      feed_seq: 1,
      at: "",
      payload: aMessage({ conversation_id }),
    });
    expect([isStale(aState(), news(CHAT)), isStale(aState(), news("chat-2"))]).toEqual([false, true]);
  });

  it("that were revealed leave their old place for the new one", () => {
    const before = withMessages(aState(), CHAT, [aMessage({ seq: 1, id: "hidden" }), aMessage({ seq: 2 })]);
    const after = withMessages(before, CHAT, [aMessage({ seq: 3, id: "hidden" })]);
    expect(messages(after).map(({ seq }) => seq)).toEqual([2, 3]);
  });

  it("of a page read late do not undo what the feed brought", () => {
    const before = withMessages(aState(), CHAT, [aMessage({ seq: 3, id: "hidden" })]);
    const after = withMessages(before, CHAT, [aMessage({ seq: 1, id: "hidden" })], { read: true });
    expect(messages(after).map(({ seq }) => seq)).toEqual([3]);
  });

  it("are read when our own receipt comes from another device", () => {
    const updates = numbered([
      { kind: "message", payload: aMessage({ seq: 1, sender_id: BO }) },
      { kind: "receipt", payload: { conversation_id: CHAT, person_id: ME, read_seq: 1, unread: 0 } },
      { kind: "receipt", payload: { conversation_id: CHAT, person_id: BO, read_seq: 1 } },
    ]);
    expect(updates.reduce(apply, aState()).conversations[CHAT]).toMatchObject({
      unread: 0,
      read_seq: 1,
      their_read_seq: 1,
    });
  });
});

describe("a payment", () => {
  it("never goes back to an earlier version, whichever way it came", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (versions) => {
        const after = versions.reduce((state, version) => withPayment(state, aPayment({ version })), aState());
        expect(after.payments["payment-1"]!.version).toBe(Math.max(...versions));
      }),
    );
  });

  it("is shown as the latest version says", () => {
    const states = (["created", "debiting", "crediting"] as const).map((state, index) =>
      aPayment({ version: index + 1, state }),
    );
    const after = [states[2]!, states[0]!].reduce<State>((known, one: Payment) => withPayment(known, one), aState());
    expect(after.payments["payment-1"]!.state).toBe("crediting");
  });
});

describe("a friend", () => {
  const tie = (relation: string, request_id: string | null = null) => ({
    kind: "friend",
    payload: {
      person: { id: BO, handle: "bo", name: "Bo", hue: 190 },
      relation,
      request_id,
      at: "2026-11-24T12:00:00Z",
      blocked: false,
    },
  });

  it("moves from asking to friend, and out", () => {
    const updates = numbered([tie("asks_you", "request-1"), tie("friends"), tie("none")]);
    const [asks, friends, none] = [1, 2, 3].map((n) => updates.slice(0, n).reduce(apply, aState()).friends);
    expect(asks).toMatchObject({ friends: [], incoming: [{ id: "request-1", person: { id: BO } }], outgoing: [] });
    expect(friends).toMatchObject({ friends: [{ id: BO }], incoming: [], outgoing: [] });
    expect(none).toEqual({ friends: [], incoming: [], outgoing: [], blocked: [] });
  });
});
