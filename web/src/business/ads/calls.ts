/** What the screens of ads ask the server, for one business. */
import { call, download, query } from "../../lib/api/client.ts";
import type { components } from "../../lib/api/schema.d.ts";
import type { Id } from "../../lib/api/types.ts";

type Schemas = components["schemas"];

export type Account = Schemas["AdsAccount"];
export type Campaign = Schemas["AdsCampaign"];
export type CampaignBody = Schemas["AdsCampaignBody"];
export type Source = Schemas["AdsSource"];
export type Summary = Schemas["AdsBillSummary"];
export type Bill = Schemas["AdsBill"];
export type Credit = Schemas["AdsCredit"];
export type Moment = Schemas["AdsMoment"];
export type DaySpent = Schemas["AdsDaySpent"];
type Change = Partial<Omit<Schemas["ChangeAdsAccountBody"], "billed_to">> & { billed_to?: Record<string, string> };
type Opened = Schemas["OpenAdsAccountBody"];

/** Something to be charged. A bank account comes with what its owner agreed to, once. */
export type Chosen = { card_id: Id } | { bank_id: Id; mandate_id?: Id };

/** Every call about ads of a business. */
export function adsOf(business: Id) {
  const root = "/v1/ads/accounts";
  const get = <T>(path: string) => call<T>("GET", root + path, undefined, business);
  const send = (method: "PUT" | "POST" | "PATCH", path: string, body: unknown) =>
    call<Account>(method, root + path, body, business);
  return {
    accounts: async () => (await get<{ data: Account[] }>("")).data,
    account: (id: Id) => get<Account>(`/${id}`),
    open: (id: Id, body: Opened) => send("PUT", `/${id}`, body),
    change: (id: Id, body: Change) => send("PATCH", `/${id}`, body),
    setMethods: (id: Id, methods: readonly Chosen[]) => send("PUT", `/${id}/methods`, { methods }),
    pay: (id: Id) => send("POST", `/${id}/pay`, {}),
    close: (id: Id) => send("POST", `/${id}/close`, {}),
    confirm: (id: Id, it_was_us: boolean) => send("POST", `/${id}/hold`, { it_was_us }),
    topUp: (id: Id, topUp: Id, card_id: Id, amount_minor: number) =>
      send("PUT", `/${id}/top-ups/${topUp}`, { card_id, amount_minor }),
    refundUnused: (id: Id, refund: Id) => send("PUT", `/${id}/refunds/${refund}`, { amount_minor: null }),
    redeem: (id: Id, code: string) => send("POST", `/${id}/coupons`, { code }),
    credits: async (id: Id) => (await get<{ data: Credit[] }>(`/${id}/credits`)).data,
    history: async (id: Id) => (await get<{ data: Moment[] }>(`/${id}/history`)).data,
    campaigns: async (id: Id) => (await get<{ data: Campaign[] }>(`/${id}/campaigns`)).data,
    setCampaign: (id: Id, campaign: Id, body: Partial<CampaignBody> & { name: string }) =>
      call<Campaign>("PUT", `${root}/${id}/campaigns/${campaign}`, body, business),
    spend: async (id: Id, from: string, to: string) =>
      (await get<{ data: DaySpent[] }>(`/${id}/spend${query({ from, to })}`)).data,
    bills: (id: Id, cursor?: string) =>
      get<{ data: Summary[]; next_cursor: string | null }>(`/${id}/bills${query({ cursor })}`),
    bill: (id: Id, bill: Id) => get<Bill>(`/${id}/bills/${bill}`),
    receipt: (id: Id, bill: Bill, format: "pdf" | "csv") =>
      download(`${root}/${id}/bills/${bill.id}?format=${format}`, `tuppence-ads-bill-${bill.number}.${format}`, business),
    statement: (id: Id, month: string, format: "pdf" | "csv") =>
      download(`${root}/${id}/statements/${month}?format=${format}`, `tuppence-ads-${month}.${format}`, business),
  };
}

export type Ads = ReturnType<typeof adsOf>;
