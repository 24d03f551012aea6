/** Reading a list page by page, and saying so while it loads, fails or is empty. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t as app } from "../lib/i18n/index.ts";
import { words } from "../lib/store.ts";
import { Button } from "../ui/button.tsx";

export interface Page<Row> {
  data: readonly Row[];
  next_cursor: string | null;
}

export interface Reading<Row> {
  rows: readonly Row[] | null;
  problem: string;
  busy: boolean;
  more: (() => void) | null;
  again: () => void;
}

/** `read` is called anew whenever one of `on` changes. */
export function usePages<Row>(read: (cursor?: string) => Promise<Page<Row>>, on: readonly unknown[]): Reading<Row> {
  const [rows, setRows] = useState<readonly Row[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const asked = useRef(0); // Only the latest answer counts: the filter may have changed meanwhile.
  const load = async (before: readonly Row[], cursor?: string) => {
    const mine = ++asked.current;
    const now = (change: () => void) => mine === asked.current && change();
    setBusy(true);
    setProblem("");
    try {
      const page = await read(cursor);
      now(() => (setRows([...before, ...page.data]), setNext(page.next_cursor)));
    } catch (error) {
      now(() => setProblem(words(error)));
    }
    now(() => setBusy(false));
  };
  const again = () => void load([]);
  useEffect(again, on);
  return { rows, problem, busy, again, more: next ? () => void load(rows ?? [], next) : null };
}

export function Listed<Row>({
  reading,
  empty,
  children,
}: {
  reading: Reading<Row>;
  empty: string;
  children: (rows: readonly Row[]) => ComponentChildren;
}) {
  const { rows, problem, busy, more, again } = reading;
  if (problem)
    return (
      <div class="padded" role="alert">
        <p>{problem}</p>
        <Button onClick={again}>{app("app.try_again")}</Button>
      </div>
    );
  if (rows === null)
    return (
      <p class="loading" role="status">
        {app("app.loading")}
      </p>
    );
  return (
    <>
      {rows.length ? children(rows) : <p class="muted padded">{empty}</p>}
      {more && (
        <p class="older">
          <Button kind="quiet" busy={busy} onClick={more}>
            {app("app.load_older")}
          </Button>
        </p>
      )}
    </>
  );
}
