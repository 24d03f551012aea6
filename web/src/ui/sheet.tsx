import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../lib/i18n/index.ts";
import { state } from "../lib/store.ts";
import { IconButton } from "./button.tsx";

interface Props {
  title: ComponentChildren;
  onClose: () => void;
  children: ComponentChildren;
  /** "full" covers a phone; "card" floats over it; both are a card in the middle of a wide screen. */
  size?: "full" | "card";
  /** False while something is under way that closing would not stop. */
  closable?: boolean;
}

/** Open for as long as it is there. It is out of the page before it can close: the focus is given back by hand. */
function useModal() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current!;
    const before = document.activeElement;
    element.showModal();
    return () => {
      element.close();
      if (document.activeElement === document.body && before instanceof HTMLElement) before.focus();
    };
  }, []);
  return dialog;
}

/** A modal: the browser keeps the focus inside, closes on Escape, and gives the focus back. */
export function Sheet({ title, onClose, children, size = "full", closable = true }: Props) {
  const dialog = useModal();
  const heading = useId();
  return (
    <dialog
      ref={dialog}
      class={`sheet ${size}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        if (closable) onClose();
      }}
    >
      {size === "full" && state.value?.sandbox && <p class="sandbox thin">{t("sandbox.bar")}</p>}
      <header class="bar">
        <IconButton name="x" label={t("app.close")} onClick={onClose} disabled={!closable} />
        <h2 id={heading}>{title}</h2>
        <span class="bar-space" />
      </header>
      <div class="sheet-body" tabIndex={0}>
        {children}
      </div>
    </dialog>
  );
}

interface QuestionProps {
  title: string;
  children?: ComponentChildren;
  yes: string;
  no?: string;
  danger?: boolean;
  onYes: () => void;
  onNo: () => void;
}

/** A question before something that is hard to take back. "No" has the focus. */
export function Question({ title, children, yes, no = t("app.cancel"), danger = false, onYes, onNo }: QuestionProps) {
  const dialog = useModal();
  const [heading, body] = [useId(), useId()];
  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      class="question"
      aria-labelledby={heading}
      aria-describedby={body}
      onCancel={(event) => {
        event.preventDefault();
        onNo();
      }}
    >
      <h2 id={heading}>{title}</h2>
      <div id={body} class="muted">
        {children}
      </div>
      <div class="row">
        <button type="button" class="button plain" onClick={onNo} autofocus>
          {no}
        </button>
        <button type="button" class={`button ${danger ? "danger" : "copper"}`} onClick={onYes}>
          {yes}
        </button>
      </div>
    </dialog>
  );
}
