/** What can come back instead of an answer. The server gives codes and facts; the words are in the catalogues. */

export class Problem extends Error {
  override name = "Problem";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly facts: Readonly<Record<string, unknown>>,
    readonly requestId: string,
  ) {
    super(`${status} ${code}`);
  }
}

/** No answer came: whether the server acted is unknown. Safe to repeat with the same id. */
export class NoAnswer extends Error {
  override name = "NoAnswer";
}

const NOT_FACTS = new Set(["type", "title", "status", "detail", "instance", "code", "request_id", "retryable"]);

/** Read an RFC 9457 document; anything else (a proxy's page, say) becomes `code` "unreadable". */
export async function readProblem(response: Response): Promise<Problem> {
  const header = response.headers.get("Request-Id") ?? "";
  const document: unknown = await response.json().catch(() => null);
  if (typeof document !== "object" || document === null) return new Problem(response.status, "unreadable", {}, header);
  const members = document as Record<string, unknown>;
  const facts = Object.fromEntries(Object.entries(members).filter(([name]) => !NOT_FACTS.has(name)));
  return new Problem(
    response.status,
    String(members.code ?? "unreadable"),
    facts,
    String(members.request_id ?? header),
  );
}
