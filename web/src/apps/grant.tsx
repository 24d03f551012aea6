import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Card, Id, ShownGrant } from "../lib/api/types.ts";
import { t } from "../lib/i18n/index.ts";
import { hasPasskeys, usePasskey } from "../lib/passkey.ts";
import { face } from "../lib/says.ts";
import { cards, me, words } from "../lib/store.ts";
import { open } from "../shell/sheets.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Mark } from "../ui/mark.tsx";
import { useTask } from "../ui/task.ts";
import { Untold, You } from "./consent.tsx";
import { caps } from "./caps.ts";

/** /grants/{id}: a business asks to be allowed to charge a card. What, how much, how often, until when; yes takes a proof. */
export function GrantScreen({ grantId }: { grantId: Id }) {
  const [grant, setGrant] = useState<ShownGrant | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    api.approval(grantId).then(setGrant, (error: unknown) => setProblem(words(error)));
  }, [grantId]);
  if (!grant) return <Untold problem={problem} />;
  const done = (answered: ShownGrant) => {
    setGrant(answered);
    if (answered.return_to) location.replace(answered.return_to);
  };
  return (
    <div class="ask scroll">
      <div class="ask-card">
        <header>
          <Mark size={48} />
          <h1 dir="auto">{t("grants.asks", { business: grant.business })}</h1>
          <p dir="auto">{grant.says}</p>
        </header>
        <ul class="caps">
          {caps(grant).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        {grant.state === "asked" ? (
          <Answer grant={grant} onDone={done} />
        ) : (
          <p role="status">{t(`grants.state_${grant.state}`)}</p>
        )}
      </div>
    </div>
  );
}

function Answer({ grant, onDone }: { grant: ShownGrant; onDone: (grant: ShownGrant) => void }) {
  const able = cards.value.filter((card) => card.can_fund && card.kept);
  const [cardId, setCardId] = useState<Id | null>(null);
  const [pin, setPin] = useState("");
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const card = able.find((one) => one.id === cardId) ?? able.find((one) => one.pays) ?? able[0];
  const approve = (proof: () => Promise<Parameters<typeof api.approve>[2] | null>) => {
    setProblem("");
    void task.run(async () => {
      const proven = await proof();
      if (proven && card) onDone(await api.approve(grant.id, card.id, proven));
    });
  };
  const submit = (event: Event) => {
    event.preventDefault();
    approve(() => Promise.resolve({ pin }));
  };
  const byPasskey = () =>
    approve(async () => {
      const passkey = await usePasskey((await api.approvalOptions(grant.id)).options);
      return passkey && { passkey };
    });
  return (
    <form onSubmit={submit} class="ask-card" noValidate>
      {card ? (
        <CardChoice cards={able} chosen={card} onChoose={setCardId} />
      ) : (
        <Button icon="credit-card" onClick={() => open({ kind: "add-card" })}>
          {t("pay.add_card")}
        </Button>
      )}
      {me.value.has_pin ? (
        <Field
          label={t("grants.pin")}
          value={pin}
          onValue={setPin}
          type="password"
          inputMode="numeric"
          autocomplete="off"
          maxLength={6}
        />
      ) : (
        <p class="muted">
          {t("grants.no_pin")} <a href="/settings">{t("nav.settings")}</a>
        </p>
      )}
      <p class="muted">{t("grants.you_can_stop")}</p>
      <You />
      {problem && (
        <p class="error" role="alert">
          {problem}
        </p>
      )}
      <div class="ask-actions">
        <Button kind="copper" type="submit" class="wide" busy={task.busy} disabled={!card || pin.length < 4}>
          {t("grants.allow")}
        </Button>
        {hasPasskeys && (
          <Button class="wide" icon="key-round" disabled={!card} onClick={byPasskey}>
            {t("grants.passkey")}
          </Button>
        )}
        <Button class="wide" onClick={() => void task.run(async () => onDone(await api.declineApproval(grant.id)))}>
          {t("apps.deny")}
        </Button>
      </div>
    </form>
  );
}

function CardChoice({ cards, chosen, onChoose }: { cards: Card[]; chosen: Card; onChoose: (id: Id) => void }) {
  return (
    <label class="field">
      <span>{t("grants.card")}</span>
      <select value={chosen.id} onChange={(event) => onChoose(event.currentTarget.value)}>
        {cards.map((one) => (
          <option key={one.id} value={one.id}>
            {face(one)}
          </option>
        ))}
      </select>
    </label>
  );
}
