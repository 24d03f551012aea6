import { useId, useState } from "preact/hooks";
import type { Card, Id } from "../lib/api/types.ts";
import { t } from "../lib/i18n/index.ts";
import { face } from "../lib/says.ts";
import { open } from "../shell/sheets.tsx";
import { Icon } from "../ui/icon.tsx";

interface Props {
  cards: readonly Card[];
  card: Card | undefined;
  onChoose: (id: Id) => void;
  choosing: boolean;
}

/** Where the money comes from, and a way to change it. */
export function FundingRow({ cards, card, onChoose, choosing: begin }: Props) {
  const [choosing, setChoosing] = useState(begin);
  const add = () => open({ kind: "add-card" });
  if (!card) return null;
  if (choosing) return <Choice cards={cards} card={card} onChoose={onChoose} onAdd={add} />;
  return (
    <div class="funding">
      <Icon name="credit-card" />
      <span class="grow">
        <bdi>{face(card)}</bdi>
        <small>{card.bank}</small>
      </span>
      <button type="button" class="link" onClick={() => setChoosing(true)}>
        {t("pay.change")}
      </button>
    </div>
  );
}

function Choice({
  cards,
  card,
  onChoose,
  onAdd,
}: Omit<Props, "choosing" | "card"> & { card: Card; onAdd: () => void }) {
  const name = useId();
  return (
    <fieldset class="funding-choice">
      <legend class="heard">{t("pay.card")}</legend>
      {cards.map((one) => (
        <label key={one.id} class="funding">
          <input type="radio" name={name} checked={one.id === card.id} onChange={() => onChoose(one.id)} />
          <span class="grow">
            <bdi>{face(one)}</bdi>
            <small>{one.bank}</small>
          </span>
        </label>
      ))}
      <button type="button" class="link start" onClick={onAdd}>
        {t("pay.add_card")}
      </button>
    </fieldset>
  );
}
