import { render, type ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import * as model from "./model.ts";
import "../src/styles/tokens.css";
import "./reference.css";

type All = model.Description["components"]["schemas"];

const DEPTH_MOST = 4;

function Reference() {
  const [told, setTold] = useState<model.Description | null>(null);
  const [problem, setProblem] = useState(false);
  const [typed, setTyped] = useState("");
  useEffect(() => {
    fetch("/docs/openapi.json")
      .then((answer) => answer.json())
      .then(setTold, () => setProblem(true));
  }, []);
  useEffect(() => {
    if (told && location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  }, [told]);
  if (problem) return <p role="alert">The description did not arrive. Load the page again.</p>;
  if (!told) return <p role="status">Loading</p>;
  const groups = [...model.grouped(told)]
    .map(([tag, some]) => [tag, model.matching(some, typed)] as const)
    .filter(([, some]) => some.length);
  return (
    <>
      <nav aria-label="Contents" tabIndex={0}>
        <p>
          <a href="/business">Tuppence</a>
        </p>
        <label for="search">Search</label>
        <input
          id="search"
          type="search"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
          autocomplete="off"
        />
        <ul>
          {groups.map(([tag]) => (
            <li key={tag}>
              <a href={`#${tag}`}>{tag}</a>
            </li>
          ))}
          {told.webhooks && (
            <li>
              <a href="#sent">what endpoints are sent</a>
            </li>
          )}
        </ul>
      </nav>
      <main>
        <h1>
          {told.info.title} API <small>{told.info.version}</small>
        </h1>
        <Prose text={told.info.description ?? ""} />
        <p>
          <a href="/docs/openapi.json" download="tuppence-openapi.json">
            This description as OpenAPI 3.1
          </a>
        </p>
        {groups.length === 0 && <p role="status">Nothing is called that.</p>}
        {groups.map(([tag, some]) => (
          <section key={tag} id={tag}>
            <h2>{tag}</h2>
            {some.map((one) => (
              <One key={one.operationId} one={one} all={told.components.schemas} />
            ))}
          </section>
        ))}
        {told.webhooks && !typed && <Sent webhooks={told.webhooks} all={told.components.schemas} />}
      </main>
    </>
  );
}

function One({ one, all }: { one: model.Operation; all: All }) {
  const body = one.requestBody?.content["application/json"]?.schema;
  const answers = Object.entries(one.responses);
  return (
    <article id={one.operationId}>
      <h3>
        <span class={`method ${one.method.toLowerCase()}`}>{one.method}</span> <code>{one.path}</code>
      </h3>
      <Prose text={one.description ?? one.summary ?? ""} />
      <p class="muted">For {model.entrance(one)}.</p>
      {one.parameters && one.parameters.length > 0 && (
        <Part title="Parameters">
          <Members
            rows={one.parameters.map(({ name, required, description, schema, in: where }) => ({
              name,
              required: required ?? false,
              schema: { ...schema, description: [`In the ${where}.`, description].filter(Boolean).join(" ") },
            }))}
            all={all}
            depth={1}
          />
        </Part>
      )}
      {body && (
        <Part title="Body">
          <Shape schema={body} all={all} depth={1} />
        </Part>
      )}
      {answers
        .filter(([status]) => status < "400")
        .map(([status, { content }]) => (
          <Part key={status} title={`Answer ${status}`}>
            {Object.entries(content ?? {}).map(([media, { schema }]) => (
              <div key={media}>
                {media !== "application/json" && <code>{media}</code>}
                {schema && <Shape schema={schema} all={all} depth={1} />}
              </div>
            ))}
          </Part>
        ))}
      <Part title="Refusals">
        <ul class="refusals">
          {answers
            .filter(([status]) => status >= "400")
            .flatMap(([status, { content }]) =>
              Object.entries(content?.["application/problem+json"]?.examples ?? {}).map(([code, { summary }]) => (
                <li key={`${status} ${code}`}>
                  {status} <code>{code}</code> <Inline text={summary ?? ""} />
                </li>
              )),
            )}
        </ul>
      </Part>
      <Part title="curl">
        <pre tabIndex={0} aria-label="Command">
          {model.curl(one, location.origin, all)}
        </pre>
      </Part>
    </article>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <details>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

/** An object's members; deeper ones open by themselves. */
function Shape({ schema, all, depth }: { schema: model.Schema; all: All; depth: number }) {
  return (
    <>
      {model.leadsTo(schema).map((one, place) => {
        const { name, schema: found } = model.resolved(one, all);
        const rows = Object.entries(found.properties ?? {}).map(([member, told]) => ({
          name: member,
          required: found.required?.includes(member) ?? false,
          schema: told,
        }));
        return (
          <div key={place} class="shape">
            {name && <p class="muted">{name}</p>}
            {found.description && <Prose text={found.description} />}
            {rows.length > 0 ? <Members rows={rows} all={all} depth={depth} /> : <p class="muted">{model.sort(found)}</p>}
          </div>
        );
      })}
    </>
  );
}

interface Row {
  name: string;
  required: boolean;
  schema: model.Schema;
}

function Members({ rows, all, depth }: { rows: readonly Row[]; all: All; depth: number }) {
  return (
    <dl>
      {rows.map(({ name, required, schema }) => (
        <div key={name}>
          <dt>
            <code>{name}</code> <span class="muted">{model.sort(schema)}</span>
            {!required && <span class="muted">, optional</span>}
          </dt>
          <dd>
            {schema.description && <Prose text={schema.description} />}
            {model.leadsTo(schema).length > 0 && depth < DEPTH_MOST && (
              <Deeper schema={schema} all={all} depth={depth + 1} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Made when it is opened: a schema may lead to itself. */
function Deeper(given: { schema: model.Schema; all: All; depth: number }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{model.sort(given.schema)}</summary>
      {open && <Shape {...given} />}
    </details>
  );
}

function Sent({ webhooks, all }: { webhooks: NonNullable<model.Description["webhooks"]>; all: All }) {
  const types = Object.entries(webhooks);
  const body = types[0]?.[1].post;
  const schema = body?.requestBody?.content["application/json"]?.schema;
  return (
    <section id="sent">
      <h2>What endpoints are sent</h2>
      {schema && <Shape schema={schema} all={all} depth={1} />}
      <dl>
        {types.map(([type, { post }]) => (
          <div key={type} id={type}>
            <dt>
              <code>{type}</code>
            </dt>
            <dd>
              <Prose text={post.description ?? ""} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Paragraphs; what stands between backticks is code. There is no other markup in our sentences. */
function Prose({ text }: { text: string }) {
  return (
    <>
      {text.split(/\n\s*\n/).map((paragraph, place) => (
        <p key={place}>
          <Inline text={paragraph} />
        </p>
      ))}
    </>
  );
}

const Inline = ({ text }: { text: string }) => (
  <>{text.split("`").map((part, place) => (place % 2 ? <code key={place}>{part}</code> : part))}</>
);

render(<Reference />, document.getElementById("reference")!);
