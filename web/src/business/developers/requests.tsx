import { useState } from "preact/hooks";
import * as when from "../../lib/when.ts";
import { Button } from "../../ui/button.tsx";
import { Select } from "../select.tsx";
import { told } from "../store.ts";
import { Curl } from "./copy.tsx";
import type { Logged } from "./calls.ts";
import type { PageProps } from "./developers.tsx";
import { Listed, usePages } from "../reading.tsx";
import { t } from "./words.ts";

/** What the business's keys asked of the API, and how it was answered. */
export function RequestsPage({ calls }: PageProps) {
  const [which, setWhich] = useState<"" | "failed">("");
  const reading = usePages<Logged>((cursor) => calls.requests(which === "failed", cursor), [which]);
  return (
    <>
      <section class="padded row filter">
        <Select
          label={t("dev.which")}
          value={which}
          options={[
            ["", t("dev.all")],
            ["failed", t("dev.refused")],
          ]}
          onValue={setWhich}
        />
        <Button icon="rotate-cw" busy={reading.busy} onClick={reading.again}>
          {t("dev.refresh")}
        </Button>
      </section>
      <p class="muted padded">{t("dev.requests_about")}</p>
      {told.value!.mode === "test" && <p class="muted padded">{t("dev.requests_clock")}</p>}
      <Listed reading={reading} empty={t("dev.no_requests")}>
        {(rows) => (
          <div class="table-box padded" tabIndex={0}>
            <table class="table stacked">
              <thead>
                <tr>
                  <th scope="col">{t("dev.when")}</th>
                  <th scope="col">{t("dev.request")}</th>
                  <th scope="col">{t("dev.ended_with")}</th>
                  <th scope="col">{t("dev.took")}</th>
                  <th scope="col">{t("dev.request_id")}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((one) => (
                  <tr key={one.id}>
                    <td data-label={t("dev.when")}>{when.precise(one.at)}</td>
                    <td class="code">
                      {one.method} {one.path}
                    </td>
                    <td data-label={t("dev.ended_with")}>{[one.status, one.code].filter(Boolean).join(" ")}</td>
                    <td class="figure" data-label={t("dev.took")}>{t("dev.ms", { n: one.took_ms })}</td>
                    <td class="code">{one.id}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Listed>
      <div class="padded">
        <Curl path="/requests?failed=true" />
      </div>
    </>
  );
}
