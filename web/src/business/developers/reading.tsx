/** Reading a list page by page, and saying so while it loads, fails or is empty. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t as app } from "../../lib/i18n/index.ts";
import { words } from "../../lib/store.ts";
import { Button } from "../../ui/button.tsx";
import { useTask } from "../../ui/task.ts";
import type { Page } from "./calls.ts";

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
  const task = useTask((error) => setProblem(words(error)));
  const load = (before: readonly Row[], cursor?: string) =>
    void task.run(async () => {
      setProblem("");
      const page = await read(cursor);
      setRows([...before, ...page.data]);
      setNext(page.next_cursor);
    });
  const again = () => load([]);
  useEffect(again, on);
  return { rows, problem, busy: task.busy, again, more: next ? () => load(rows ?? [], next) : null };
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
