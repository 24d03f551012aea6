/** Something that is read when a part is shown, and read again when asked. */
import { useEffect, useState } from "preact/hooks";
import { words } from "../lib/store.ts";

export interface Read<T> {
  told: T | null;
  problem: string;
  again: () => void;
  set: (told: T) => void;
}

export function useRead<T>(ask: () => Promise<T>): Read<T> {
  const [told, set] = useState<T | null>(null);
  const [problem, setProblem] = useState("");
  const again = () => {
    setProblem("");
    ask().then(set, (error: unknown) => setProblem(words(error)));
  };
  useEffect(again, []);
  return { told, problem, again, set };
}
