/** How much fits beside each other: one pane, two from 900 px, three from 1200 px. */
import { signal } from "@preact/signals";

const matches = (query: string) => {
  const list = matchMedia(query);
  const is = signal(list.matches);
  list.addEventListener("change", () => (is.value = list.matches));
  return is;
};

export const twoPanes = matches("(min-width: 900px)");
export const threePanes = matches("(min-width: 1200px)");
