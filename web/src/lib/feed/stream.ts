/**
 * Keeps a snapshot true. A WebSocket brings updates; `GET /v1/sync` is the truth whenever there is doubt: a hole, a
 * reconnect, the page coming back, a minute of silence. What it knows of the world comes in through `Ports`.
 */
import { NoAnswer, Problem } from "../api/problem.ts";
import type { Bootstrap, SyncPage, Update } from "../api/types.ts";
import { HOLE_MS, sort } from "./order.ts";

export interface Ports {
  bootstrap(): Promise<Bootstrap>;
  sync(since: number): Promise<SyncPage>;
  open(since: number): WebSocket;
  /** The last number applied, or null before the first bootstrap. */
  last(): number | null;
  restart(answer: Bootstrap): void;
  apply(updates: readonly Update[]): void;
  live(is: boolean): void;
  ping?(frame: unknown): void;
}

const SILENCE_MS = 60_000;
const RETRY_MS_FIRST = 500;
const RETRY_MS_MAX = 15_000;
const SESSION_ENDED = 4401;
const FEED_GONE = 4410;

/** "Full jitter": anywhere up to the doubling bound, so that a restarted server is not met by everybody at once. */
export const retryAfter = (tries: number, random = Math.random): number =>
  random() * Math.min(RETRY_MS_MAX, RETRY_MS_FIRST * 2 ** Math.min(tries, 10));

export class Feed {
  #ports: Ports;
  #early: readonly Update[] = [];
  #hole: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  #socket: WebSocket | null = null;
  #catching: Promise<void> | null = null;
  #stopped = true;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  async start(): Promise<void> {
    this.#stopped = false;
    await this.connect();
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of [this.#hole, this.#silence, this.#retry]) clearTimeout(timer);
    this.#early = [];
    this.#drop();
  }

  /** Catch up, then open the stream from there. Also what `online` and a visible page ask for. */
  async connect(): Promise<void> {
    clearTimeout(this.#retry);
    if (this.#stopped) return;
    try {
      await this.catchUp();
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return;
      return this.#later();
    }
    if (this.#stopped || this.#socket) return;
    const socket = this.#ports.open(this.#ports.last() ?? 0);
    this.#socket = socket;
    socket.onopen = () => this.#opened();
    socket.onmessage = (event: MessageEvent<string>) => this.#heard(JSON.parse(event.data) as Update);
    socket.onclose = (event) => void this.#closed(socket, event.code);
  }

  /** Read what is missing. One at a time: a second caller gets the same promise. */
  catchUp(): Promise<void> {
    this.#catching ??= this.#read().finally(() => (this.#catching = null));
    return this.#catching;
  }

  /** Take updates from anywhere, in any order, any number of times. */
  take(updates: readonly Update[]): void {
    const last = this.#ports.last();
    if (last === null) return;
    const { ready, early } = sort(last, [...this.#early, ...updates]);
    this.#early = early;
    if (ready.length) this.#ports.apply(ready);
    clearTimeout(this.#hole);
    if (early.length) this.#hole = setTimeout(() => void this.catchUp().catch(() => this.#later()), HOLE_MS);
  }

  async #read(): Promise<void> {
    try {
      const last = this.#ports.last();
      if (last === null) return this.restart();
      for (let since = last, more = true; more;) {
        const page = await this.#ports.sync(since);
        this.take(page.updates);
        ({ feed_seq: since, more } = page);
      }
    } catch (error) {
      if (error instanceof Problem && error.status === 410) return this.restart();
      throw error;
    }
  }

  /** Throw away what we know and begin with a new snapshot. */
  async restart(): Promise<void> {
    this.#early = [];
    this.#ports.restart(await this.#ports.bootstrap());
  }

  #opened(): void {
    this.#tries = 0;
    this.#ports.live(true);
    this.#listen();
  }

  #heard(frame: Update): void {
    this.#listen();
    if (frame.kind === "ping") this.#ports.ping?.(frame);
    else this.take([frame]);
  }

  /** The server says something every 25 s; after a minute of nothing the connection is dead, whatever it says. */
  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#drop();
      void this.connect();
    }, SILENCE_MS);
  }

  async #closed(socket: WebSocket, code: number): Promise<void> {
    if (this.#socket !== socket) return;
    this.#drop();
    // A session that ended shows itself as a 401 to the next call, which is made at once.
    if (code === SESSION_ENDED) return void this.catchUp().catch(() => undefined);
    if (code === FEED_GONE) await this.restart().catch((error: unknown) => error instanceof NoAnswer);
    this.#later();
  }

  #drop(): void {
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#socket = null;
    this.#ports.live(false);
    socket?.close();
  }

  #later(): void {
    clearTimeout(this.#retry);
    if (this.#stopped) return;
    this.#ports.live(false);
    this.#retry = setTimeout(() => void this.connect(), retryAfter(this.#tries++));
  }
}
