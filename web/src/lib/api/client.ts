/** One way to the server: JSON both ways, problems as typed errors, the server's clock noted in passing. */
import { clock } from "../clock.ts";
import { NoAnswer, readProblem } from "./problem.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

const ANSWER_WITHIN_MS = 30_000;
const DOCUMENT_WITHIN_MS = 90_000;
const SIGNED_OUT = new Set(["not_signed_in", "session_ended"]);

/** What to do when a session has ended somewhere else; set once by the store. */
export const onSignedOut: { run: () => void } = { run: () => undefined };

/** A file that the server made. */
export interface Download {
  blob: Blob;
  name: string;
}

/**
 * Ask the server; a member of a business says for which one.
 * @throws Problem the server refused · NoAnswer nothing came back, so repeat with the same id
 */
export async function call<T>(method: Method, path: string, body?: unknown, forBusiness?: string): Promise<T> {
  const response = await ask(path, ANSWER_WITHIN_MS, {
    method,
    headers: {
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(forBusiness ? { "Tuppence-Business": forBusiness } : {}),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (response.status === 204) return undefined as T;
  return (await response.json().catch(silence)) as T;
}

/** Fetch a file as the person who is signed in, byte for byte. Throws as `call` does. */
export async function download(path: string, name: string, forBusiness?: string): Promise<Download> {
  const headers: HeadersInit = forBusiness ? { "Tuppence-Business": forBusiness } : {};
  const response = await ask(path, DOCUMENT_WITHIN_MS, { headers });
  return { blob: await response.blob().catch(silence), name };
}

async function ask(path: string, within_ms: number, how: RequestInit = {}): Promise<Response> {
  const sent = Date.now();
  const response = await fetch(path, {
    ...how,
    credentials: "same-origin",
    signal: AbortSignal.timeout(within_ms),
  }).catch(silence);
  clock.observe(response.headers.get("Date"), sent, Date.now());
  if (!response.ok) {
    const problem = await readProblem(response);
    if (SIGNED_OUT.has(problem.code)) onSignedOut.run();
    throw problem;
  }
  return response;
}

const silence = (error: unknown): never => {
  throw new NoAnswer(String(error));
};

export const query = (members: Record<string, string | number | undefined>): string => {
  const given = Object.entries(members).filter((pair): pair is [string, string | number] => pair[1] !== undefined);
  return given.length ? `?${new URLSearchParams(given.map(([k, v]) => [k, String(v)])).toString()}` : "";
};
