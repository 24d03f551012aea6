import { region } from "../lib/i18n/index.ts";
import { formatMoney } from "../lib/money.ts";

interface Props {
  minor: number;
  currency: string;
  class?: string;
}

/** Seen as "$20.00", heard as "20.00 US dollars". */
export function Amount({ minor, currency, class: name = "amount" }: Props) {
  return (
    <span class={name}>
      <bdi aria-hidden="true">{formatMoney(minor, currency, region.value)}</bdi>
      <span class="heard">{formatMoney(minor, currency, region.value, "name")}</span>
    </span>
  );
}
