import { t } from "../lib/i18n/index.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";

export const PIN_LENGTH_MIN = 4;
export const PIN_LENGTH_MAX = 6;

interface Props {
  value: string;
  onValue: (pin: string) => void;
  onDone: (pin: string) => void;
  busy: boolean;
  problem: string;
  copper: boolean;
}

/** Six dots over a real input: typing, pasting and password managers all work. The sixth digit sends by itself. */
export function Pin({ value, onValue, onDone, busy, problem, copper }: Props) {
  const take = (text: string) => {
    if (busy) return;
    const pin = text.replace(/\D/g, "").slice(0, PIN_LENGTH_MAX);
    onValue(pin);
    if (pin.length === PIN_LENGTH_MAX && value.length < PIN_LENGTH_MAX) onDone(pin);
  };
  return (
    <form
      class="pin"
      onSubmit={(event) => {
        event.preventDefault();
        if (value.length >= PIN_LENGTH_MIN && !busy) onDone(value);
      }}
    >
      <label class="dots">
        <span class="heard">{t("pin.label")}</span>
        <input
          type="password"
          autofocus
          inputMode="none"
          autocomplete="off" // A browser that kept it would offer it as the password.
          pattern="[0-9]*"
          value={value}
          aria-describedby="pin-problem"
          aria-invalid={problem ? true : undefined}
          onInput={(event) => take(event.currentTarget.value)}
        />
        <span class="dots-shown" aria-hidden="true">
          {Array.from({ length: PIN_LENGTH_MAX }, (_, index) => (
            <i key={index} class={index < value.length ? "on" : ""} />
          ))}
        </span>
      </label>
      <p id="pin-problem" class="error centre" role="alert">
        {problem}
      </p>
      <div class="keys" role="group" aria-label={t("pay.keypad")}>
        {["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0"].map((key) =>
          key ? (
            <button key={key} type="button" onClick={() => take(value + key)}>
              {key}
            </button>
          ) : (
            <span key="gap" />
          ),
        )}
        <button type="button" aria-label={t("pay.delete")} onClick={() => take(value.slice(0, -1))}>
          <Icon name="delete" size={26} />
        </button>
      </div>
      <Button
        type="submit"
        kind={copper ? "copper" : "plain"}
        class="wide"
        busy={busy}
        aria-disabled={value.length < PIN_LENGTH_MIN}
      >
        {busy ? t("pin.checking") : value.length < PIN_LENGTH_MIN ? t("setpin.why_pin") : t("pin.confirm")}
      </Button>
    </form>
  );
}
