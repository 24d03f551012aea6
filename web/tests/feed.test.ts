import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NoAnswer, Problem } from "../src/lib/api/problem.ts";
import type { Bootstrap, SyncPage, Update } from "../src/lib/api/types.ts";
import { Feed, retryAfter, type Ports } from "../src/lib/feed/stream.ts";

const update = (feed_seq: number): Update => ({ feed_seq, kind: "message", payload: {}, at: "2026-11-24T12:00:00Z" });
const gone = new Problem(410, "feed_too_far_behind", {}, "");

class Socket {
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: (event: { code: number }) => void;
  closed = false;
  close() {
    this.closed = true;
  }
  hear(frame: unknown) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

/** A server with a feed in memory, and the numbers that the device has applied from it. */
function world({ upto = 0 } = {}) {
  const server = { upto, floor: 0, answers: true, bootstraps: 0, syncs: [] as number[] };
  const applied: number[] = [];
  const sockets: Socket[] = [];
  let last: number | null = null;
  const live: boolean[] = [];
  const answer = <T>(value: () => T): Promise<T> =>
    server.answers ? Promise.resolve().then(value) : Promise.reject(new NoAnswer());
  const ports: Ports = {
    bootstrap: () => answer(() => (server.bootstraps++, { feed_seq: server.upto }) as unknown as Bootstrap),
    sync: (since) =>
      answer((): SyncPage => {
        server.syncs.push(since);
        if (since < server.floor) throw gone;
        const updates = Array.from({ length: Math.min(2, server.upto - since) }, (_, index) =>
          update(since + 1 + index),
        );
        return { updates, feed_seq: since + updates.length, more: since + updates.length < server.upto };
      }),
    open: () => {
      const socket = new Socket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    last: () => last,
    restart: (snapshot) => (last = snapshot.feed_seq),
    apply: (updates) => {
      applied.push(...updates.map(({ feed_seq }) => feed_seq));
      last = updates.at(-1)!.feed_seq;
    },
    live: (is) => live.push(is),
  };
  return { server, applied, sockets, live, feed: new Feed(ports), last: () => last };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("the feed", () => {
  it("begins with a bootstrap and goes on from its number", async () => {
    const { feed, sockets, applied, server } = world({ upto: 7 });
    await feed.start();
    sockets[0]!.hear(update(8));
    sockets[0]!.hear(update(8));
    sockets[0]!.hear(update(7));
    expect([server.bootstraps, applied]).toEqual([1, [8]]);
    feed.stop();
  });

  it("waits half a second for a hole to close, then reads it", async () => {
    const { feed, sockets, applied, server } = world();
    await feed.start();
    server.upto = 3;
    sockets[0]!.hear(update(3));
    await vi.advanceTimersByTimeAsync(400);
    expect(applied).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(applied).toEqual([1, 2, 3]);
    feed.stop();
  });

  it("reads on until there is no more", async () => {
    const { feed, applied, server } = world();
    await feed.start();
    server.upto = 5;
    await feed.catchUp();
    expect([applied, server.syncs]).toEqual([
      [1, 2, 3, 4, 5],
      [0, 2, 4],
    ]);
    feed.stop();
  });

  it("starts over when the server no longer keeps what is missing", async () => {
    const { feed, server, last } = world({ upto: 2 });
    await feed.start();
    Object.assign(server, { upto: 90, floor: 50 });
    await feed.catchUp();
    expect([server.bootstraps, last()]).toEqual([2, 90]);
    feed.stop();
  });

  it("comes back after a break, and reads what it missed first", async () => {
    const { feed, sockets, applied, server } = world();
    await feed.start();
    server.upto = 1;
    sockets[0]!.onclose!({ code: 1006 });
    await vi.advanceTimersByTimeAsync(30_000);
    expect([sockets.length, applied]).toEqual([2, [1]]);
    feed.stop();
  });

  it("takes a minute of silence for a dead connection", async () => {
    const { feed, sockets } = world();
    await feed.start();
    sockets[0]!.onopen!();
    await vi.advanceTimersByTimeAsync(59_000);
    sockets[0]!.hear({ kind: "ping" });
    await vi.advanceTimersByTimeAsync(59_000);
    expect(sockets.length).toBe(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect([sockets.length, sockets[0]!.closed]).toEqual([2, true]);
    feed.stop();
  });

  it("keeps trying without an answer, and stops when told to", async () => {
    const { feed, sockets, server } = world();
    server.answers = false;
    await feed.start();
    await vi.advanceTimersByTimeAsync(5000);
    expect(sockets).toEqual([]);
    server.answers = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets.length).toBe(1);
    feed.stop();
    sockets[0]!.onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets.length).toBe(1);
  });

  it("backs off to a quarter of a minute at most, anywhere below the bound", () => {
    expect([0, 1, 50].map((tries) => retryAfter(tries, () => 1))).toEqual([500, 1000, 15_000]);
    expect(retryAfter(50, () => 0)).toBe(0);
  });
});
