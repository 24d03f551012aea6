import { now } from "../lib/clock.ts";
import * as when from "../lib/when.ts";
import { Icon } from "../ui/icon.tsx";
import { told } from "./store.ts";
import { t } from "./words.ts";

/** Always there: whether this is the sandbox or real, so that nobody takes one for the other; and the way across. */
export function ModeBar() {
  const { mode, twin_url: twin } = told.value!;
  const live = mode === "live";
  return (
    <div class={live ? "sandbox live" : "sandbox"}>
      <p>
        <Icon name={live ? "landmark" : "flask-conical"} size={16} />
        <b>{t(live ? "business.live" : "business.test")}</b>
        <span>{t(live ? "business.live_says" : "business.test_says")}</span>
      </p>
      <p>
        {!live && <time dateTime={new Date(now.value).toISOString()}>{when.dayAndTime(now.value)}</time>}
        {twin && <a href={`${twin}/business`}>{t(live ? "business.to_test" : "business.to_live")}</a>}
      </p>
    </div>
  );
}
