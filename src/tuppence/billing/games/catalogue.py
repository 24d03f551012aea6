"""A game's catalogue: what its developer serves at one address, read strictly. Pure.

```json
{"products": [{"sku": "gems_100", "title": "100 gems", "description": "…", "image_url": "https://…",
               "prices": [{"currency": "EUR", "amount_minor": 499}, {"currency": "USD", "amount_minor": 549}]}]}
```
"""

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from tuppence.billing.games.addresses import is_address
from tuppence.billing.games.errors import CatalogueInvalid, ProductNotFound
from tuppence.billing.games.model import Price, Product
from tuppence.core import CURRENCIES

BYTES_MAX = 512 * 1024
PRODUCTS_MAX = 1_000
AMOUNT_MAX = 100_000_000
_TEXTS = {"sku": 64, "title": 80, "description": 300}


def read(raw: bytes) -> list[Product]:
    """The products, in the order in which they are listed. Raises: CatalogueInvalid, with the place."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise CatalogueInvalid(path="", reason="not_json") from None
    listed = found.get("products") if isinstance(found, dict) else None
    if not isinstance(listed, list) or not 0 < len(listed) <= PRODUCTS_MAX:
        raise CatalogueInvalid(path="products", reason="not_a_list")
    products = [_product(one, f"products/{n}") for n, one in enumerate(listed)]
    if len({one.sku for one in products}) < len(products):
        raise CatalogueInvalid(path="products", reason="sku_twice")
    return products


def write(products: list[Product]) -> list[dict[str, Any]]:
    """As the copy is kept and the API tells it."""
    return [
        {
            "sku": one.sku,
            "title": one.title,
            "description": one.description,
            "image_url": one.image_url,
            "prices": [{"currency": price.currency, "amount_minor": price.amount_minor} for price in one.prices],
        }
        for one in products
    ]


def find(products: list[Product], sku: str) -> Product:
    """The product that a quote names. Raises: ProductNotFound."""
    found = next((one for one in products if one.sku == sku), None)
    if found is None:
        raise ProductNotFound
    return found


def _product(given: Any, path: str) -> Product:
    if not isinstance(given, dict):
        raise CatalogueInvalid(path=path, reason="not_an_object")
    sku, title, description = (_text(given, name, path) for name in _TEXTS)
    prices = given.get("prices")
    if not sku or not title:
        raise CatalogueInvalid(path=path, reason="no_sku_or_title")
    if not isinstance(prices, list) or not prices:
        raise CatalogueInvalid(path=f"{path}/prices", reason="not_a_list")
    read_prices = tuple(_price(one, f"{path}/prices/{n}") for n, one in enumerate(prices))
    if len({one.currency for one in read_prices}) < len(read_prices):
        raise CatalogueInvalid(path=f"{path}/prices", reason="currency_twice")
    return Product(sku, title, description, _image(given, path), read_prices)


def _text(given: Mapping[str, Any], name: str, path: str) -> str:
    """A text that people will read: short, and nothing in it that cannot be seen."""
    text = given.get(name, "")
    if not isinstance(text, str) or len(text) > _TEXTS[name]:
        raise CatalogueInvalid(path=f"{path}/{name}", reason="not_a_short_text")
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} for character in text):
        raise CatalogueInvalid(path=f"{path}/{name}", reason="unseen_characters")
    return text.strip()


def _image(given: Mapping[str, Any], path: str) -> str | None:
    """Where its picture is. We only pass it on: a buyer's browser is not sent there."""
    url = given.get("image_url")
    if url is not None and (not isinstance(url, str) or len(url) > 500 or not is_address(url, {"https"})):
        raise CatalogueInvalid(path=f"{path}/image_url", reason="not_an_https_address")
    return url


def _price(given: Any, path: str) -> Price:
    currency = given.get("currency") if isinstance(given, dict) else None
    amount = given.get("amount_minor") if isinstance(given, dict) else None
    if not isinstance(currency, str) or currency not in CURRENCIES:
        raise CatalogueInvalid(path=f"{path}/currency", reason="unknown_currency")
    if type(amount) is not int or not 0 < amount <= AMOUNT_MAX:
        raise CatalogueInvalid(path=f"{path}/amount_minor", reason="not_an_amount")
    return Price(currency, amount)
