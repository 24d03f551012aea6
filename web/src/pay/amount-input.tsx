import { useEffect, useRef } from "preact/hooks";
import { region, t } from "../lib/i18n/index.ts";
import { decimalMark, symbol } from "../lib/money.ts";
import { Icon } from "../ui/icon.tsx";

interface Props {
  text: string;
  onText: (text: string) => void;
}

const LENGTH_MAX = 12;

/** A real input, so that typing, pasting and screen readers work; on a touch screen our keypad takes the place of theirs. */
export function AmountInput({ text, onText, currency }: Props & { currency: string }) {
  const { sign, before } = symbol(currency, region.value);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current!.style.width = `${widthOf(text)}ch`;
  }, [text]);
  const mark = (
    <span class="currency" aria-hidden="true">
      {sign}
    </span>
  );
  return (
    <label class={`giant ${text.length > 5 ? "long" : ""}`}>
      <span class="heard">
        {t("pay.amount")} {currency}
      </span>
      {before && mark}
      <input
        ref={input}
        type="text"
        autofocus
        inputMode="none"
        placeholder="0"
        autocomplete="off"
        enterKeyHint="done"
        maxLength={LENGTH_MAX}
        value={text}
        onInput={(event) => onText(tidy(event.currentTarget.value))}
      />
      {!before && mark}
    </label>
  );
}

/** In widths of a digit: a mark is narrower than one. */
const widthOf = (text: string): number => Math.max(1, text.length - (/[.,]/.test(text) ? 0.45 : 0)) + 0.1;

const tidy = (text: string): string => text.replace(/[^\d.,\s\u00a0\u202f\p{Sc}'’]/gu, "");

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

export function Keypad({ text, onText }: Props) {
  const mark = decimalMark(region.value);
  const press = (key: string) => () => onText(pressed(text, key, mark));
  return (
    <div class="keys" role="group" aria-label={t("pay.keypad")}>
      {[...DIGITS, mark, "0"].map((key) => (
        <button key={key} type="button" onClick={press(key)}>
          {key}
        </button>
      ))}
      <button type="button" aria-label={t("pay.delete")} onClick={() => onText(text.slice(0, -1))}>
        <Icon name="delete" size={26} />
      </button>
    </div>
  );
}

/** What a key makes of the text. One decimal mark, two digits after it; a leading zero gives way. */
export function pressed(text: string, key: string, mark: string): string {
  if (text.length >= LENGTH_MAX) return text;
  const has = /[.,]/.test(text);
  if (key === mark) return has ? text : `${text || "0"}${mark}`;
  if (has && text.split(/[.,]/)[1]!.length >= 2) return text;
  return text === "0" ? key : text + key;
}
