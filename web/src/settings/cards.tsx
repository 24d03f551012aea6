import { useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Card } from "../lib/api/types.ts";
import { withCard } from "../lib/feed/apply.ts";
import { t, told } from "../lib/i18n/index.ts";
import { face } from "../lib/says.ts";
import { cards, change } from "../lib/store.ts";
import { monthOfYear } from "../lib/when.ts";
import { open } from "../shell/sheets.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";
import { Question } from "../ui/sheet.tsx";
import { useTask } from "../ui/task.ts";
import { BankLines } from "./banks.tsx";
import { ReceivingChoice } from "./receiving.tsx";

export function CardsSection() {
  return (
    <section>
      <h2>{t("settings.cards")}</h2>
      {cards.value.length === 0 && <p class="muted padded">{t("card.none")}</p>}
      <ul class="list">
        {cards.value.map((card) => (
          <CardLine key={card.id} card={card} />
        ))}
      </ul>
      <div class="padded">
        <Button icon="credit-card" onClick={() => open({ kind: "add-card" })}>
          {t("pay.add_card")}
        </Button>
      </div>
      <BankLines />
      <ReceivingChoice />
    </section>
  );
}

function CardLine({ card }: { card: Card }) {
  const [asking, setAsking] = useState(false);
  const task = useTask();
  const make = (what: { pays: true } | { receives: true }) => () =>
    void task.run(async () => {
      const changed = await api.changeCard(card.id, what);
      change((known) => withCard(known, changed));
    });
  const remove = () => {
    setAsking(false);
    void task.run(async () => {
      await api.removeCard(card.id);
      const { cards } = await api.cards();
      change((known) => ({ ...known, cards }));
    });
  };
  return (
    <li class="line card-line">
      <span class="card-icon">
        <Icon name="credit-card" />
      </span>
      <span class="line-text">
        <b>
          <bdi>{face(card)}</bdi>
        </b>
        <small>
          {[
            card.bank,
            told(`card.kind_${card.funding}`),
            t("card.expires", { when: monthOfYear(card.exp_month, card.exp_year) }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </small>
        <Roles card={card} />
      </span>
      <Menu label={`${t("app.more")}: ${face(card)}`}>
        {card.can_fund && !card.pays && (
          <button type="button" role="menuitem" onClick={make({ pays: true })}>
            {t("card.make_pays")}
          </button>
        )}
        {card.can_receive && !card.receives && (
          <button type="button" role="menuitem" onClick={make({ receives: true })}>
            {t("card.make_receives")}
          </button>
        )}
        <button type="button" role="menuitem" class="danger-text" onClick={() => setAsking(true)}>
          {t("card.remove")}
        </button>
      </Menu>
      {asking && (
        <Question
          title={t("card.remove_title", { card: face(card) })}
          yes={t("card.remove")}
          danger
          onYes={remove}
          onNo={() => setAsking(false)}
        >
          {t("card.remove_hint")}
        </Question>
      )}
    </li>
  );
}

function Roles({ card }: { card: Card }) {
  return (
    <span class="roles">
      {card.pays && <span class="chip info">{t("card.pays")}</span>}
      {card.receives && <span class="chip info">{t("card.receives")}</span>}
      {!card.can_fund && <span class="chip wait">{t("card.cant_pay")}</span>}
      {!card.can_receive && <span class="chip wait">{t("card.cant_receive")}</span>}
    </span>
  );
}
