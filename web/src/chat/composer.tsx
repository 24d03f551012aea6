import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Conversation } from "../lib/api/types.ts";
import { region, t } from "../lib/i18n/index.ts";
import { symbol } from "../lib/money.ts";
import { say, state } from "../lib/store.ts";
import { open } from "../shell/sheets.tsx";
import { IconButton } from "../ui/button.tsx";

const LENGTH_MAX = 4000;
/** What was begun and not sent, while one looks at another conversation. */
const begun = new Map<string, string>();

export function Composer({ conversation: { id, person } }: { conversation: Conversation }) {
  const [text, setText] = useState(begun.get(id) ?? "");
  const input = useRef<HTMLTextAreaElement>(null);
  const write = (value: string) => {
    begun.set(id, value);
    setText(value);
  };
  const send = () => {
    const body = text.trim();
    if (!body) return;
    say(id, body);
    write("");
    input.current?.focus();
  };
  useLayoutEffect(() => {
    const element = input.current!;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);
  const onKeyDown = (event: KeyboardEvent) => {
    // On a touch keyboard Enter makes a new line: there the arrow sends. An input method's Enter only ends its word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <button
        type="button"
        class="coin"
        aria-label={t("chat.pay", { name: person.name })}
        onClick={() => open({ kind: "pay", draft: { payee: person } })}
      >
        <span aria-hidden="true">{symbol(state.value!.limits.currency, region.value).sign}</span>
      </button>
      <textarea
        ref={input}
        rows={1}
        dir="auto"
        maxLength={LENGTH_MAX}
        placeholder={t("chat.message")}
        aria-label={t("chat.message")}
        value={text}
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <IconButton type="submit" name="send" label={t("chat.send")} class="send" disabled={!text.trim()} />
    </form>
  );
}
