import { t as app } from "../lib/i18n/index.ts";
import { Button } from "../ui/button.tsx";
import type { Read } from "./read.ts";

/** In the place of what is not there yet: that it is coming, or why it did not. */
export function Waiting<T>({ read }: { read: Read<T> }) {
  if (!read.problem)
    return (
      <p class="loading" role="status">
        {app("app.loading")}
      </p>
    );
  return (
    <div class="empty">
      <p role="alert">{read.problem}</p>
      <Button onClick={read.again}>{app("app.try_again")}</Button>
    </div>
  );
}
