import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t as app } from "../../lib/i18n/index.ts";
import { Button } from "../../ui/button.tsx";
import { toast } from "../../ui/toast.tsx";
import { t } from "./words.ts";

/** What was just made and is seen this once: it comes into view, wherever the form was. */
export function JustMade({ title, children }: { title: string; children: ComponentChildren }) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current!.scrollIntoView({ block: "nearest" }), []);
  return (
    <section ref={box} class="made padded" role="status">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** Something to take away: a secret, a command. */
export function Copyable({ text, label }: { text: string; label: string }) {
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => toast(app("app.copied")),
      () => toast(t("dev.not_copied"), "bad"),
    );
  return (
    <div class="copyable">
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <Button icon="copy" onClick={copy}>
        {app("app.copy")}
      </Button>
    </div>
  );
}

/** The same by a program: with the key in the environment, so that no shell's history has it. */
export function Curl({ method = "GET", path, body }: { method?: string; path: string; body?: unknown }) {
  const lines = [
    `curl ${method === "GET" ? "" : `-X ${method} `}${location.origin}/v1${path}`,
    '-H "Authorization: Bearer $TUPPENCE_API_KEY"',
    ...(body ? ['-H "Content-Type: application/json"', `-d '${JSON.stringify(body)}'`] : []),
  ];
  return (
    <details class="by-program">
      <summary>{t("dev.by_program")}</summary>
      <Copyable text={lines.join(" \\\n  ")} label={t("dev.command")} />
    </details>
  );
}
