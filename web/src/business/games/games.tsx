/** A business's games: what they bring, who bought, who disputes, what is paid out, and how they are set up. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { t as app } from "../../lib/i18n/index.ts";
import { words } from "../../lib/store.ts";
import { Button } from "../../ui/button.tsx";
import { addressOf, type Place } from "../registry.ts";
import { Select } from "../select.tsx";
import { callsOf, type Game } from "./calls.ts";
import { Disputes } from "./disputes.tsx";
import { GameForm } from "./game-form.tsx";
import { Overview } from "./overview.tsx";
import { Payouts } from "./payouts.tsx";
import { Sales } from "./sales.tsx";
import { SetUp } from "./set-up.tsx";
import { t } from "./words.ts";
import "./games.css";

const PARTS = ["overview", "sales", "disputes", "payouts", "set-up"] as const;
const WORDS = {
  overview: "games.at_overview",
  sales: "games.at_sales",
  disputes: "games.at_disputes",
  payouts: "games.at_payouts",
  "set-up": "games.at_set_up",
} as const;

const Games: Place = ({ business, rest }) => {
  const calls = useMemo(() => callsOf(business.id), [business.id]);
  const [games, setGames] = useState<readonly Game[] | null>(null);
  const [chosen, setChosen] = useState("");
  const [problem, setProblem] = useState("");
  const load = () => {
    setProblem("");
    calls.games().then(
      ({ data }) => setGames(data),
      (error: unknown) => setProblem(words(error)),
    );
  };
  useEffect(load, [calls]);
  const learn = (game: Game) => {
    setGames((known) => [...(known ?? []).filter(({ id }) => id !== game.id), game]);
    setChosen(game.id);
  };
  const game = games?.find(({ id }) => id === chosen) ?? games?.[0];
  const part = PARTS.find((one) => one === rest[0]) ?? "overview";
  return (
    <div class="screen">
      <header class="bar">
        <h1>{t("games.title")}</h1>
      </header>
      <div class="scroll" tabIndex={0}>
        {problem ? (
          <div class="empty">
            <p role="alert">{problem}</p>
            <Button onClick={load}>{app("app.try_again")}</Button>
          </div>
        ) : games === null ? (
          <p class="loading" role="status">
            {app("app.loading")}
          </p>
        ) : game ? (
          <>
            <nav class="tabs" aria-label={t("games.places")}>
              {PARTS.map((one) => (
                <a
                  key={one}
                  href={addressOf(business, "games", one === "overview" ? "" : one)}
                  aria-current={one === part ? "page" : undefined}
                >
                  {t(WORDS[one])}
                </a>
              ))}
            </nav>
            {games.length > 1 && (
              <div class="padded">
                <Select
                  label={t("games.settings")}
                  value={game.id}
                  options={games.map(({ id, name }) => [id, name])}
                  onValue={setChosen}
                />
              </div>
            )}
            {part === "overview" && <Overview calls={calls} />}
            {part === "sales" && <Sales key={game.id} calls={calls} game={game} role={business.role} />}
            {part === "disputes" && <Disputes key={game.id} calls={calls} game={game} role={business.role} />}
            {part === "payouts" && <Payouts calls={calls} role={business.role} />}
            {part === "set-up" && <SetUp key={game.id} calls={calls} game={game} role={business.role} onGame={learn} />}
          </>
        ) : (
          <section>
            <h2>{t("games.none")}</h2>
            <p class="padded">{t("games.none_why")}</p>
            <GameForm calls={calls} game={null} onSaved={learn} />
          </section>
        )}
      </div>
    </div>
  );
};

export default Games;
