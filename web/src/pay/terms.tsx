import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Limits, Profile, Quote } from "../lib/api/types.ts";
import { region, t } from "../lib/i18n/index.ts";
import { formatShort } from "../lib/money.ts";
import { interval } from "../lib/says.ts";
import { tightest } from "./rules.ts";

interface Props {
  payee: Profile;
  /** null while there is no amount that could be sent. */
  minor: number | null;
  limits: Limits;
}

/** "Free · you can send $280 more today", and when it would be there. */
export function Terms({ payee, minor, limits }: Props) {
  const quote = useQuote(payee.id, minor, limits.currency);
  const tight = tightest(limits);
  const room = tight && formatShort(Math.max(0, tight.room_minor - (minor ?? 0)), limits.currency, region.value);
  return (
    <div class="terms">
      <p>
        {t("pay.free")}
        {room && ` · ${t(tight.name === "day" ? "pay.room_day" : "pay.room_week", { room })}`}
      </p>
      <div aria-live="polite">
        {quote && <p>{arrivalWords(quote, payee.name)}</p>}
        {quote?.step_up && <p>{t("pay.step_up")}</p>}
      </div>
    </div>
  );
}

function arrivalWords({ arrival }: Quote, name: string): string {
  if (!arrival) return t("pay.arrives_unknown", { name });
  return arrival.fast ? t("pay.arrives_fast") : t("pay.arrives", { interval: interval(arrival) });
}

const TYPING_MS = 250;

/** The latest quote; an answer to an older amount is dropped. Without one the sheet works all the same. */
function useQuote(payee: string, minor: number | null, currency: string): Quote | null {
  const [quote, setQuote] = useState<Quote | null>(null);
  useEffect(() => {
    if (!minor) return setQuote(null);
    let wanted = true;
    const timer = setTimeout(() => {
      api.quote(payee, minor, currency).then(
        (answer) => wanted && setQuote(answer),
        () => wanted && setQuote(null),
      );
    }, TYPING_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [payee, minor, currency]);
  return quote;
}
