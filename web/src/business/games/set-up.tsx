import { useState } from "preact/hooks";
import { region } from "../../lib/i18n/index.ts";
import { uuid7 } from "../../lib/ids.ts";
import { formatMoney } from "../../lib/money.ts";
import { words } from "../../lib/store.ts";
import * as when from "../../lib/when.ts";
import { Button } from "../../ui/button.tsx";
import { Question } from "../../ui/sheet.tsx";
import { useTask } from "../../ui/task.ts";
import type { Role } from "../calls.ts";
import type { Calls, Catalogue as Told, Game } from "./calls.ts";
import { GameForm } from "./game-form.tsx";
import { useRead } from "../read.ts";
import { Testers } from "./testers.tsx";
import { Waiting } from "../waiting.tsx";
import { t } from "./words.ts";

interface Props {
  calls: Calls;
  game: Game;
  role: Role;
  onGame: (game: Game) => void;
}

/** The game itself: its addresses, its secret, its catalogue, its testers. */
export function SetUp({ calls, game, role, onGame }: Props) {
  const builds = role === "owner" || role === "developer";
  return (
    <>
      <section>
        <h2 dir="auto">{game.name}</h2>
        <dl class="pairs padded">
          <dt>{t("games.id")}</dt>
          <dd class="code">{game.id}</dd>
          <dt>{t("games.your_share")}</dt>
          <dd>{new Intl.NumberFormat(region.value, { style: "percent" }).format(game.share_percent / 100)}</dd>
        </dl>
      </section>
      <Catalogue calls={calls} game={game} sells={role !== "analyst"} />
      {builds && (
        <>
          <Secret calls={calls} game={game} />
          <Testers calls={calls} game={game} />
          <section>
            <h2>{t("games.change")}</h2>
            <GameForm calls={calls} game={game} onSaved={onGame} />
          </section>
        </>
      )}
    </>
  );
}

function Secret({ calls, game }: { calls: Calls; game: Game }) {
  const [secret, setSecret] = useState("");
  const [asking, setAsking] = useState(false);
  const task = useTask();
  const show = (ask: () => Promise<{ secret: string }>) => () =>
    void task.run(async () => {
      setAsking(false);
      setSecret((await ask()).secret);
    });
  return (
    <section>
      <h2>{t("games.secret")}</h2>
      <div class="padded">
        <p class="hint">{t("games.secret_hint")}</p>
        {secret && <p class="code games-secret">{secret}</p>}
        <div class="games-row">
          <Button busy={task.busy} onClick={show(() => calls.secret(game.id))}>
            {t("games.secret_show")}
          </Button>
          <Button onClick={() => setAsking(true)}>{t("games.secret_rotate")}</Button>
        </div>
      </div>
      {asking && (
        <Question
          title={t("games.secret_rotate")}
          yes={t("games.secret_rotate")}
          danger
          onYes={show(() => calls.rotate(game.id))}
          onNo={() => setAsking(false)}
        >
          {t("games.secret_rotate_why")}
        </Question>
      )}
    </section>
  );
}

function Catalogue({ calls, game, sells }: { calls: Calls; game: Game; sells: boolean }) {
  const read = useRead(() => calls.catalogue(game.id));
  const [problem, setProblem] = useState("");
  const [offer, setOffer] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const refresh = () =>
    void task.run(async () => {
      setProblem("");
      read.set(await calls.refresh(game.id));
    });
  const quote = (sku: string) =>
    void task.run(async () => {
      setProblem("");
      setOffer((await calls.quote(game.id, uuid7(), sku)).buy_url);
    });
  return (
    <section>
      <h2>{t("games.catalogue")}</h2>
      {read.told ? <Products told={read.told} onOffer={sells ? quote : null} /> : <Waiting read={read} />}
      <div class="padded">
        <p class="error" role="alert">
          {problem}
        </p>
        {offer && (
          <p role="status">
            {t("games.offer_link")}{" "}
            <a class="code" href={new URL(offer).pathname}>
              {offer}
            </a>
          </p>
        )}
        {sells && (
          <Button icon="rotate-cw" busy={task.busy} onClick={refresh}>
            {t("games.catalogue_refresh")}
          </Button>
        )}
      </div>
    </section>
  );
}

function Products({ told, onOffer }: { told: Told; onOffer: ((sku: string) => void) | null }) {
  const price = (one: Told["products"][number]["prices"][number]) =>
    formatMoney(one.amount_minor, one.currency, region.value);
  return (
    <>
      <p class="padded muted">
        {told.failure
          ? t("games.catalogue_failed", { why: told.failure })
          : told.read_at
            ? t("games.catalogue_read", { time: when.dayAndTime(told.read_at) })
            : t("games.catalogue_never")}
      </p>
      {told.products.length > 0 && (
        <div class="table-box" tabIndex={0}>
          <table class="table">
            <caption class="heard">{t("games.catalogue")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("games.product")}</th>
                <th scope="col">{t("games.prices")}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {told.products.map((one) => (
                <tr key={one.sku}>
                  <th scope="row">
                    <bdi>{one.title}</bdi> <small class="code">{one.sku}</small>
                  </th>
                  <td>{one.prices.map(price).join(" · ")}</td>
                  <td>
                    {onOffer && <Button onClick={() => onOffer(one.sku)}>{t("games.offer")}</Button>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
