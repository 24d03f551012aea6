import { useState } from "preact/hooks";
import { t as app } from "../../lib/i18n/index.ts";
import { uuid7 } from "../../lib/ids.ts";
import { go } from "../../lib/route.ts";
import { words } from "../../lib/store.ts";
import { Amount } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { Field } from "../../ui/field.tsx";
import { useTask } from "../../ui/task.ts";
import { t as frame } from "../words.ts";
import { addressOf } from "../registry.ts";
import type { Business } from "../calls.ts";
import { Select } from "../select.tsx";
import type { Account, Ads } from "./calls.ts";
import { runs } from "./says.ts";
import { t } from "./words.ts";

interface Props {
  ads: Ads;
  business: Business;
  accounts: readonly Account[];
  learn: (account: Account) => void;
  mayPay: boolean;
}

/** Every ads account with what it owes and whether it runs; and a form to open one. */
export function Accounts({ ads, business, accounts, learn, mayPay }: Props) {
  return (
    <>
      {accounts.length === 0 && <p class="padded muted">{t("ads.none")}</p>}
      <section class="tiles">
        {accounts.map((account) => (
          <a key={account.id} class="tile" href={addressOf(business, "ads", account.id)}>
            <b dir="auto">{account.name}</b>
            <Chip said={runs(account.delivery)} />
            <small>
              {t("ads.unpaid")} <Amount minor={account.unpaid_minor} currency={account.currency} />
            </small>
          </a>
        ))}
      </section>
      {mayPay && <Open ads={ads} business={business} learn={learn} />}
    </>
  );
}

function Open({ ads, business, learn }: Pick<Props, "ads" | "business" | "learn">) {
  const [name, setName] = useState("");
  const [way, setWay] = useState<"auto" | "prepaid">("auto");
  const [problem, setProblem] = useState("");
  const [id] = useState(uuid7);
  const task = useTask((error) => setProblem(words(error)));
  const submit = (event: Event) => {
    event.preventDefault();
    if (!name.trim()) return setProblem(frame("business.needs_name"));
    setProblem("");
    void task.run(async () => {
      const body = { name: name.trim(), currency: business.currency, zone: business.zone, way };
      learn(await ads.open(id, body));
      go(addressOf(business, "ads", id));
    });
  };
  return (
    <section>
      <h2>{t("ads.open")}</h2>
      <form class="form padded" onSubmit={submit} noValidate>
        <Field label={t("ads.name")} error={problem} value={name} onValue={setName} maxLength={60} autocomplete="off" />
        <Select
          label={t("ads.way")}
          hint={t(`ads.way_${way}_why`)}
          value={way}
          options={[
            ["auto", t("ads.way_auto")],
            ["prepaid", t("ads.way_prepaid")],
          ]}
          onValue={setWay}
        />
        <p class="muted">{t("ads.zone_for_ever", { zone: business.zone.replaceAll("_", " ") })}</p>
        <Button kind="copper" type="submit" busy={task.busy} aria-label={task.busy ? app("app.loading") : undefined}>
          {t("ads.open_do")}
        </Button>
      </form>
    </section>
  );
}
