/** What the merchants' frame asks the server. */
import { call } from "../lib/api/client.ts";
import type { Id } from "../lib/api/types.ts";
import type { components } from "../lib/api/schema.d.ts";

type Schemas = components["schemas"];

export type Business = Schemas["Business"];
export type Businesses = Schemas["Businesses"];
export type BusinessBody = Schemas["BusinessBody"];
export type Member = Schemas["BusinessMember"];
export type Role = Business["role"];

export const ROLES: readonly Role[] = ["owner", "finance", "analyst", "developer"];

const at = encodeURIComponent;

export const businesses = () => call<Businesses>("GET", "/v1/businesses");
export const found = (id: Id, body: BusinessBody) => call<Business>("PUT", `/v1/businesses/${id}`, body);
export const members = (id: Id) => call<{ data: Member[] }>("GET", `/v1/businesses/${id}/members`);
export const setMember = (id: Id, handle: string, role: Role) =>
  call<Member>("PUT", `/v1/businesses/${id}/members/${at(handle)}`, { role });
export const removeMember = (id: Id, handle: string) =>
  call<void>("DELETE", `/v1/businesses/${id}/members/${at(handle)}`);
