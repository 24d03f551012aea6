import { signal } from "@preact/signals";
import { IconButton } from "./button.tsx";
import { t } from "../lib/i18n/index.ts";

interface Note {
  text: string;
  tone: "info" | "bad";
}

const note = signal<Note | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

const SHOWN_MS = 6000;

/** Say something in passing. Trouble stays until it is closed or replaced. */
export function toast(text: string, tone: Note["tone"] = "info"): void {
  clearTimeout(timer);
  note.value = { text, tone };
  if (tone === "info") timer = setTimeout(() => (note.value = null), SHOWN_MS);
}

export function Toasts() {
  return (
    <div class="toasts" role="status">
      {note.value && (
        <p class={`toast ${note.value.tone}`}>
          <span>{note.value.text}</span>
          <IconButton name="x" label={t("app.close")} onClick={() => (note.value = null)} />
        </p>
      )}
    </div>
  );
}
