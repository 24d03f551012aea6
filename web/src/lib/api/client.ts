/** One way to the server: JSON both ways, problems as typed errors, the server's clock noted in passing. */
import { clock } from "../clock.ts";
import { NoAnswer, readProblem } from "./problem.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

const ANSWER_WITHIN_MS = 30_000;
const SIGNED_OUT = new Set(["not_signed_in", "session_ended"]);

/** What to do when a session has ended somewhere else; set once by the store. */
export const onSignedOut: { run: () => void } = { run: () => undefined };

/**
 * Ask the server.
 * @throws Problem the server refused · NoAnswer nothing came back, so repeat with the same id
 */
export async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const sent = Date.now();
  const response = await fetch(path, {
    method,
    credentials: "same-origin",
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch((error: unknown) => {
    throw new NoAnswer(String(error));
  });
  clock.observe(response.headers.get("Date"), sent, Date.now());
  if (!response.ok) {
    const problem = await readProblem(response);
    if (SIGNED_OUT.has(problem.code)) onSignedOut.run();
    throw problem;
  }
  if (response.status === 204) return undefined as T;
  return (await response.json().catch((error: unknown) => {
    throw new NoAnswer(String(error));
  })) as T;
}

export const query = (members: Record<string, string | number | undefined>): string => {
  const given = Object.entries(members).filter((pair): pair is [string, string | number] => pair[1] !== undefined);
  return given.length ? `?${new URLSearchParams(given.map(([k, v]) => [k, String(v)])).toString()}` : "";
};
