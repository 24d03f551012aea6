/** Ads of a business: its accounts, and the places of each. */
import { useEffect, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { t as app } from "../../lib/i18n/index.ts";
import { words } from "../../lib/store.ts";
import { Icon } from "../../ui/icon.tsx";
import { Button } from "../../ui/button.tsx";
import { addressOf, type Place } from "../registry.ts";
import type { Business } from "../calls.ts";
import { Accounts } from "./accounts.tsx";
import { Bills } from "./bills.tsx";
import { BillPage } from "./bill.tsx";
import { adsOf, type Account, type Ads as Calls } from "./calls.ts";
import { Campaigns } from "./campaigns.tsx";
import { Overview } from "./overview.tsx";
import { Paying } from "./paying.tsx";
import { t, type Key } from "./words.ts";
import "./ads.css";

/** What every place of an account is given. */
export interface Given {
  ads: Calls;
  business: Business;
  account: Account;
  /** Take over an account as the server told it. */
  learn: (account: Account) => void;
  mayPay: boolean;
}

const PLACES = ["", "campaigns", "bills", "paying"] as const;

const Ads: Place = ({ business, rest }) => {
  const ads = adsOf(business.id);
  const [accounts, setAccounts] = useState<readonly Account[] | null>(null);
  const [problem, setProblem] = useState("");
  const load = () => {
    setProblem("");
    ads.accounts().then(setAccounts, (error: unknown) => setProblem(words(error)));
  };
  useEffect(load, [business.id, rest.join("/")]);
  const learn = (account: Account) =>
    setAccounts((now) => {
      const known = now ?? [];
      const there = known.some(({ id }) => id === account.id);
      return there ? known.map((one) => (one.id === account.id ? account : one)) : [...known, account];
    });
  if (problem)
    return (
      <Frame title={t("ads.title")}>
        <p role="alert">{problem}</p>
        <Button onClick={load}>{app("app.try_again")}</Button>
      </Frame>
    );
  if (!accounts)
    return (
      <Frame title={t("ads.title")}>
        <p class="loading" role="status">
          {app("app.loading")}
        </p>
      </Frame>
    );
  const mayPay = business.role === "owner" || business.role === "finance";
  const account = accounts.find(({ id }) => id === rest[0]);
  if (!account)
    return (
      <Frame title={t("ads.title")}>
        {rest[0] && <p role="alert">{t("ads.lost")}</p>}
        <Accounts ads={ads} business={business} accounts={accounts} learn={learn} mayPay={mayPay} />
      </Frame>
    );
  const given: Given = { ads, business, account, learn, mayPay };
  return (
    <Frame title={account.name} {...backFrom(business, account, rest)}>
      <nav class="tabs" aria-label={t("ads.places")}>
        {PLACES.map((place) => (
          <a
            key={place}
            href={addressOf(business, "ads", account.id, place)}
            aria-current={(rest[1] ?? "") === place ? "page" : undefined}
          >
            {t(`ads.place_${place || "overview"}` as Key)}
          </a>
        ))}
      </nav>
      {inside(given, rest.slice(1))}
    </Frame>
  );
};

/** From a bill to the bills, from elsewhere to the accounts. */
function backFrom(business: Business, { id }: Account, [, place, bill]: readonly string[]) {
  return place === "bills" && bill
    ? { back: addressOf(business, "ads", id, "bills"), backTo: t("ads.place_bills") }
    : { back: addressOf(business, "ads"), backTo: t("ads.all_accounts") };
}

function inside(given: Given, [place = "", id]: readonly string[]): ComponentChildren {
  if (place === "campaigns") return <Campaigns {...given} />;
  if (place === "paying") return <Paying {...given} />;
  if (place === "bills") return id ? <BillPage {...given} bill={id} /> : <Bills {...given} />;
  return <Overview {...given} />;
}

interface FrameProps {
  title: string;
  back?: string;
  backTo?: string;
  children: ComponentChildren;
}

function Frame({ title, back, backTo, children }: FrameProps) {
  return (
    <div class="screen ads">
      <header class="bar">
        {back && (
          <a class="icon-button" href={back} aria-label={backTo}>
            <Icon name="chevron-left" size={22} />
          </a>
        )}
        <h1 dir="auto">{title}</h1>
      </header>
      <div class="scroll" tabIndex={0}>
        {children}
      </div>
    </div>
  );
}

export default Ads;
