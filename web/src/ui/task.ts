import { useState } from "preact/hooks";
import { words } from "../lib/store.ts";
import { toast } from "./toast.tsx";

/**
 * One thing at a time: while it runs `busy` is true and further calls do nothing; a refusal is told by `onProblem`,
 * by a toast where nobody else tells it.
 */
export function useTask(onProblem: (error: unknown) => void = (error) => toast(words(error), "bad")) {
  const [busy, setBusy] = useState(false);
  const run = async (work: () => Promise<void>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      await work();
    } catch (error) {
      onProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return { busy, run };
}
