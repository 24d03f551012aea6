/** What the page shows of an OpenAPI 3.1 document: pure. */

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  description?: string;
  examples?: unknown[];
}

interface Media {
  schema?: Schema;
  examples?: Record<string, { summary?: string }>;
}

interface Told {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: Record<string, unknown>[];
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description?: string; content?: Record<string, Media> }>;
}

export interface Description {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Told>>;
  webhooks?: Record<string, { post: Told }>;
  components: { schemas: Record<string, Schema> };
}

export interface Operation extends Told {
  method: string;
  path: string;
}

/** Every operation, by its first tag, in the document's order of tags. */
export function grouped({ paths }: Description): Map<string, Operation[]> {
  const found = new Map<string, Operation[]>();
  for (const [path, methods] of Object.entries(paths))
    for (const [method, told] of Object.entries(methods)) {
      const tag = told.tags?.[0] ?? "other";
      found.set(tag, [...(found.get(tag) ?? []), { ...told, method: method.toUpperCase(), path }]);
    }
  return new Map([...found].sort(([one], [other]) => one.localeCompare(other)));
}

/** Those in which every word that was typed occurs. */
export function matching(operations: readonly Operation[], typed: string): Operation[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return operations.filter((one) => {
    const text = `${one.method} ${one.path} ${one.operationId} ${one.description ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

const named = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1);

/** A schema with its reference followed, and the name that it was referred to by. */
export function resolved(schema: Schema, all: Description["components"]["schemas"]): { name: string; schema: Schema } {
  if (!schema.$ref) return { name: "", schema };
  const name = named(schema.$ref);
  return { name, schema: all[name] ?? {} };
}

/** A schema's sort in few words: "string (uuid)", "list of Delivery", "EndpointBody or null". */
export function sort(schema: Schema): string {
  if (schema.$ref) return named(schema.$ref);
  const several = schema.anyOf ?? schema.oneOf;
  if (several) return several.map(sort).join(" or ");
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.items) return `list of ${sort(schema.items)}`;
  const type = [schema.type ?? "anything"].flat().join(" or ");
  return schema.format ? `${type} (${schema.format})` : type;
}

/** Which object schemas one leads to: its own, its items', or those of its alternatives. */
export function leadsTo(schema: Schema): Schema[] {
  if (schema.$ref || schema.properties) return [schema];
  if (schema.items) return leadsTo(schema.items);
  return (schema.anyOf ?? schema.oneOf ?? []).flatMap(leadsTo);
}

/** Who may call it. */
export function entrance({ security }: Told): string {
  if (!security) return "a person’s session";
  const ways = security.flatMap((one) => Object.keys(one));
  if (!ways.length) return "anybody";
  const says: Record<string, string> = { key: "an API key", bearer: "a session", cookie: "", app: "an app’s token" };
  return [...new Set(ways.map((way) => says[way] ?? way))].filter(Boolean).join(" or ");
}

/** The same with curl; ids stand for themselves. */
export function curl(one: Operation, origin: string, all: Description["components"]["schemas"]): string {
  const body = one.requestBody?.content["application/json"]?.schema;
  const example = body && resolved(body, all).schema.examples?.[0];
  return [
    `curl ${one.method === "GET" ? "" : `-X ${one.method} `}${origin}${one.path}`,
    '-H "Authorization: Bearer $TUPPENCE_API_KEY"',
    ...(example ? ['-H "Content-Type: application/json"', `-d '${JSON.stringify(example)}'`] : []),
  ].join(" \\\n  ");
}
