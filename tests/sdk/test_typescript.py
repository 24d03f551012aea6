"""The TypeScript SDK, compiled and run by Node against the running server."""

import asyncio
import filecmp
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.sdk.conftest import Partner
from tuppence_sdk import new_id, oauth

from tuppence.outbox.hooks import signing

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / "web/node_modules/.bin"
BODY = '{"type":"charge.succeeded","timestamp":"2026-11-26T00:00:00Z","data":{"id":"x"}}'
STORY = """
import { BadSignature, NoAnswer, Refused, Tuppence, newId, verify } from "./index.js";

const { url, token, key, bo, payment, webhooks, body } = JSON.parse(process.argv[2]);
const code = (asked) => asked.then(() => null, (error) => error.code ?? error.name);
const person = new Tuppence(url, token);
const business = new Tuppence(url, key);
const ask = { payee_id: bo, amount_minor: 432, currency: "USD", note: "ts" };
const sent = [await person.payments.send(ask, payment), await person.payments.send(ask, payment)];
const listed = [];
for await (const one of person.payments.list()) listed.push(one.id);
const grant = await business.grants.ask({ kind: "once", says: "A ticket", currency: "USD", per_charge_minor: 500 });

let asked = [];
const silent = (...answers) => {
  asked = [];
  const fetch = async (address) => {
    asked.push(address.pathname);
    const status = answers[asked.length - 1];
    if (!status) throw new TypeError("no way");
    return new Response("{}", { status, headers: { "Retry-After": "0" } });
  };
  return new Tuppence("http://x", "tup_test_x", { fetch });
};
const take = { grant_id: "g", amount_minor: 1, currency: "USD" };

console.log(JSON.stringify({
  me: (await person.me()).id,
  sent: sent.map((one) => one.id),
  listed: listed.includes(payment),
  taken: await code(person.payments.send({ ...ask, amount_minor: 1 }, payment)),
  over: await code(business.charges.take({ ...take, grant_id: grant.id, amount_minor: 500 })),
  repeated: [await code(silent(0, 503, 200).charges.take(take)), asked.length, new Set(asked).size],
  silence: [await code(silent(0, 0, 0).charges.take(take)), asked.length],
  post: [await code(silent(0, 200).grants.revoke("g")), asked.length],
  ids: newId().length,
  webhooks: await Promise.all(webhooks.map(async ({ headers, secret }) => [
    (await verify(body, headers, secret)).type,
    await code(verify(body + " ", headers, secret)),
    await code(verify(body, { ...headers, "webhook-id": "other" }, secret)),
    await code(verify(body, headers, secret, { now: Date.now() / 1000 + 600 })),
    await code(verify(body, {}, secret)),
  ])),
  errors: [BadSignature, NoAnswer, Refused].map((one) => one.prototype instanceof Error),
}));
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SDK as JavaScript; the compiler has no complaint."""
    folder = tmp_path_factory.mktemp("sdk")
    subprocess.run([TOOLS / "tsc", "-p", ROOT / "sdk/typescript", "--outDir", folder], check=True)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "story.js").write_text(STORY)
    return folder


def tell(compiled: Path, given: dict[str, Any]) -> str:
    """The story, as Node tells it."""
    story: list[str] = ["node", str(compiled / "story.js"), json.dumps(given)]
    ran = subprocess.run(story, check=False, capture_output=True, text=True)
    assert 0 == ran.returncode, ran.stderr
    return ran.stdout


async def test_its_types_are_those_of_the_app() -> None:
    """Both are made of docs/openapi.json at once."""
    assert filecmp.cmp(ROOT / "sdk/typescript/src/schema.d.ts", ROOT / "web/src/lib/api/schema.d.ts", shallow=False)


async def test_it_does_what_the_other_does(partner: Partner, compiled: Path) -> None:
    """Pays once for one id, reads pages, tells refusals by code, repeats what has an id, verifies both signatures."""
    tokens = await asyncio.to_thread(oauth.exchange, partner.app, partner.asking, partner.answer)
    payment, secrets = new_id(), [signing.Secret.new("v1"), signing.Secret.new("v1a")]
    signed = [
        {"headers": signing.headers("evt", datetime.now(UTC), BODY.encode(), [one]), "secret": one.shown}
        for one in secrets
    ]
    given: dict[str, Any] = {"url": partner.url, "token": tokens["access_token"], "key": partner.key}
    given |= {"bo": partner.world.bo.id, "payment": payment, "webhooks": signed, "body": BODY}
    said = await asyncio.to_thread(tell, compiled, given)

    assert {
        "me": partner.world.ann.id,
        "sent": [payment, payment],
        "listed": True,
        "taken": "id_taken",
        "over": "grant_over",
        "repeated": [None, 3, 1],
        "silence": ["NoAnswer", 3],
        "post": ["NoAnswer", 1],
        "ids": 36,
        "webhooks": [["charge.succeeded", *["BadSignature"] * 4]] * 2,
        "errors": [True] * 3,
    } == json.loads(said)
