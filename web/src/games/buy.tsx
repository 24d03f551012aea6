/** /buy/{id}: what a game offers, and from the tap on what became of it. The same address is the receipt. */
import { useEffect, useState } from "preact/hooks";
import { t as app } from "../lib/i18n/index.ts";
import { back } from "../lib/route.ts";
import { words } from "../lib/store.ts";
import { Loading } from "../shell/later.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { BoughtPaper } from "./bought.tsx";
import { purchase as read, type Offer } from "./calls.ts";
import { purchaseNews } from "./news.ts";
import { OfferPaper } from "./offer.tsx";
import { UNDER_WAY } from "./says.ts";
import { t } from "./words.ts";
import "./games.css";

const LOOK_AGAIN_MS = 2000;

export default function Buy({ purchaseId }: { purchaseId: string }) {
  const [offer, setOffer] = useState<Offer | null>(null);
  const [problem, setProblem] = useState("");
  const load = () => {
    setProblem("");
    read(purchaseId).then(setOffer, (error: unknown) => setProblem(words(error)));
  };
  useEffect(load, [purchaseId, purchaseNews.value]);
  useEffect(() => {
    if (!offer || !UNDER_WAY.has(offer.state)) return;
    const timer = setInterval(load, LOOK_AGAIN_MS); // The feed tells it sooner, where there is one.
    return () => clearInterval(timer);
  }, [offer?.state]);
  return (
    <div class="screen">
      <header class="bar">
        <IconButton name="chevron-left" label={app("app.back")} onClick={back} />
        <h1>{t("buy.title")}</h1>
        <span class="bar-space" />
      </header>
      <div class="scroll" tabIndex={0}>
        {offer ? (
          offer.state === "quoted" ? (
            <OfferPaper key={offer.version} offer={offer} onChange={setOffer} />
          ) : (
            <BoughtPaper purchase={offer} onChange={setOffer} />
          )
        ) : problem ? (
          <div class="empty">
            <p role="alert">{problem}</p>
            <Button onClick={load}>{app("app.try_again")}</Button>
          </div>
        ) : (
          <Loading />
        )}
      </div>
    </div>
  );
}
