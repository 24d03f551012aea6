/** What can come instead of an answer. */

const MEMBERS = new Set(["type", "title", "status", "detail", "instance", "code", "request_id", "retryable"]);

/** The server said no (RFC 9457). Programs read `code`; it does not change. */
export class Refused extends Error {
  override name = "Refused";
  readonly code: string;
  readonly requestId: string;
  readonly retryable: boolean;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(
    readonly status: number,
    problem: Readonly<Record<string, unknown>>,
  ) {
    super(`${status} ${String(problem.code ?? "unreadable")}: ${String(problem.detail ?? "")}`);
    this.code = String(problem.code ?? "unreadable");
    this.requestId = String(problem.request_id ?? "");
    this.retryable = problem.retryable === true;
    this.facts = Object.fromEntries(Object.entries(problem).filter(([name]) => !MEMBERS.has(name)));
  }
}

/** Nothing came back: whether it was done is not known. Repeat the call with the same id. */
export class NoAnswer extends Error {
  override name = "NoAnswer";
}

/** This webhook is not from Tuppence, was changed on its way, or is too old. */
export class BadSignature extends Error {
  override name = "BadSignature";
}
