"""Make what is made: the types from docs/openapi.json, and the async client from the sync one.

python sdk/python/generate.py [--check]
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PACKAGE = HERE / "src/tuppence_sdk"
SCHEMAS: dict[str, Any] = json.loads((HERE.parents[1] / "docs/openapi.json").read_text())["components"]["schemas"]
ROOTS = (
    *("Payment", "Payments", "Limits", "Quote", "Me", "Bubble", "OAuthTokens", "Event"),
    *("Grant", "Grants", "Charge", "GameQuote", "Sold", "AdsUsageBody", "AdsUsageResults"),
)
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def models() -> str:
    """Every noun that the client takes or gives, as a TypedDict, in the order of their names."""
    body = "\n\n\n".join(_class(name) for name in sorted(_reached()))
    head = '"""The nouns of the API. Made by generate.py from docs/openapi.json: change nothing here."""\n\n'
    used = [name for name in ("Any", "Literal", "NotRequired", "TypedDict") if re.search(rf"\b{name}\b", body)]
    return f"{head}from typing import {', '.join(used)}\n\n\n{body}\n"


def _reached() -> set[str]:
    found: set[str] = set()
    ahead = [name for name in ROOTS if name in SCHEMAS]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += _named(SCHEMAS[name])
    return found


def _named(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].rpartition("/")[2]
        for inner in schema.values():
            yield from _named(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _named(inner)


def _class(name: str) -> str:
    schema = SCHEMAS[name]
    if "enum" in schema:
        return f"{_identifier(name)} = Literal[{', '.join(map(_quoted, schema['enum']))}]"
    required = set(schema.get("required", ()))
    lines = [
        f"    {member}: {_type(inner) if member in required else f'NotRequired[{_type(inner)}]'}"
        for member, inner in schema.get("properties", {}).items()
    ]
    return "\n".join([f"class {_identifier(name)}(TypedDict):", *(lines or ["    pass"])])


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return f'"{_identifier(schema["$ref"].rpartition("/")[2])}"'
    if "const" in schema:
        return f"Literal[{_quoted(schema['const'])}]"
    if "enum" in schema:
        return f"Literal[{', '.join(map(_quoted, schema['enum']))}]"
    if several := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return _either([_type(one) for one in several])
    if schema.get("type") == "array":
        return f"list[{_type(schema.get('items', {}))}]"
    if schema.get("type") == "object":
        more = schema.get("additionalProperties")
        return f"dict[str, {_type(more) if isinstance(more, dict) else 'Any'}]"
    return _PLAIN.get(schema.get("type", ""), "Any")


def _either(kinds: list[str]) -> str:
    """A union; with a forward reference in it, the whole is one."""
    kinds = list(dict.fromkeys(kinds))
    if len(kinds) > 1 and any(kind.startswith('"') for kind in kinds):
        return '"' + " | ".join(kind.strip('"').replace('"', "'") for kind in kinds) + '"'
    return " | ".join(kinds)


def _identifier(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("__")[-2:]) if "__" in name else name


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


_ASYNC = (
    ("The client, in step.", "The client, awaited. Made by generate.py from client.py: change nothing here."),
    (r"^    def (?!__init__|__enter__|__exit__|_at)", "    async def "),
    (r"def __enter__", "async def __aenter__"),
    (r"def __exit__", "async def __aexit__"),
    (r"return self\.(_client\.)?call\(", r"return await self.\1call("),
    (r"yield from self\._client\.pages\((.*)\)$", r"async for one in self._client.pages(\1):\n            yield one"),
    (r'yield from page\["data"\]$', 'for one in page["data"]:\n                yield one'),
    (r"page = self\.call\(", "page = await self.call("),
    (r"class Tuppence\b", "class AsyncTuppence"),
    (r"client: Tuppence\b", "client: AsyncTuppence"),
    (r'-> "Tuppence"', '-> "AsyncTuppence"'),
    (r"httpx2\.Client", "httpx2.AsyncClient"),
    (r"httpx2\.BaseTransport", "httpx2.AsyncBaseTransport"),
    (r"self\._http\.close\(\)", "await self._http.aclose()"),
    (r"self\.close\(\)", "await self.close()"),
    (r"self\._http\.request\(", "await self._http.request("),
    (r"time\.sleep\(", "await asyncio.sleep("),
    (r"^import time$", "import asyncio"),
    (r"\bIterator\b", "AsyncIterator"),
    (r"self\._once\(", "await self._once("),
)


def client() -> str:
    """The sync client's text with `async` and `await` where they belong."""
    text = (PACKAGE / "client.py").read_text()
    for pattern, replacement in _ASYNC:
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    return text


def main(check: bool) -> int:
    made = {PACKAGE / "models.py": models(), PACKAGE / "aclient.py": client()}
    stale = [path.name for path, text in made.items() if not path.exists() or path.read_text() != text]
    if check:
        print("\n".join(stale), end="\n" if stale else "")
        return 1 if stale else 0
    for path, text in made.items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
