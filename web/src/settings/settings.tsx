import { locale, LOCALES, t, type Locale } from "../lib/i18n/index.ts";
import { speak } from "../lib/language.ts";
import { me, signOut, state } from "../lib/store.ts";
import { THEMES, theme } from "../lib/theme.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useTask } from "../ui/task.ts";
import { AppsSection, GrantsSection } from "./apps.tsx";
import { CardsSection } from "./cards.tsx";
import { Choice } from "./choice.tsx";
import { Devices } from "./devices.tsx";
import { LimitsSection } from "./limits.tsx";
import { MandatesSection } from "./mandates.tsx";
import { Passkeys } from "./passkeys.tsx";
import { PinRow } from "./pin-row.tsx";

export function Settings() {
  const { name, handle } = me.value;
  const task = useTask();
  return (
    <div class="screen">
      <header class="bar">
        <h1>{t("settings.title")}</h1>
      </header>
      <div class="scroll" tabIndex={0}>
        <section class="you">
          <Avatar person={me.value} size={64} />
          <div>
            <p class="title" dir="auto">
              {name}
            </p>
            <p class="muted">
              <bdi>@{handle}</bdi>
            </p>
          </div>
        </section>
        <LimitsSection limits={state.value!.limits} />
        <CardsSection />
        <MandatesSection />
        <section>
          <h2>{t("settings.security")}</h2>
          <PinRow />
          <Passkeys />
        </section>
        <Devices />
        <AppsSection />
        <GrantsSection />
        <Choice
          label={t("settings.theme")}
          options={THEMES.map((one) => [one, t(`settings.theme_${one}`)])}
          value={theme.value}
          onChoose={(one) => (theme.value = one)}
        />
        <Choice
          label={t("settings.language")}
          options={Object.entries(LOCALES) as [Locale, string][]}
          value={locale.value}
          onChoose={speak}
        />
        <section>
          <h2>{t("settings.business")}</h2>
          <a class="line" href="/business">
            <span class="line-text">
              <span>{t("settings.business_why")}</span>
            </span>
            <Icon name="chevron-right" />
          </a>
        </section>
        <section class="padded">
          <Button class="wide" busy={task.busy} onClick={() => void task.run(signOut)}>
            {t("settings.sign_out")}
          </Button>
        </section>
      </div>
    </div>
  );
}
