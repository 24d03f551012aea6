"""A catalogue is what a stranger serves: read strictly, or refused with the place."""

import json
from typing import Any

import pytest

from tuppence.billing.games import catalogue
from tuppence.billing.games.errors import CatalogueInvalid, ProductNotFound

GEMS = {"sku": "gems", "title": "100 gems", "prices": [{"currency": "USD", "amount_minor": 499}]}


def _raw(*products: Any) -> bytes:
    return json.dumps({"products": list(products)}).encode()


def test_a_catalogue_reads_back_as_it_is_kept() -> None:
    """The copy that is kept says what was read."""
    raw = _raw(GEMS | {"description": "Shiny", "image_url": "https://game.example/gems.png"})
    read = catalogue.read(raw)

    assert read == catalogue.read(json.dumps({"products": catalogue.write(read)}).encode())
    assert "100 gems" == catalogue.find(read, "gems").title
    with pytest.raises(ProductNotFound):
        catalogue.find(read, "hat")


@pytest.mark.parametrize(
    ("product", "path"),
    [
        ("gems", "products/0"),
        (GEMS | {"sku": ""}, "products/0"),
        (GEMS | {"sku": "x" * 65}, "products/0/sku"),
        (GEMS | {"title": "a\u202eb"}, "products/0/title"),
        (GEMS | {"title": 7}, "products/0/title"),
        (GEMS | {"image_url": "http://game.example/x.png"}, "products/0/image_url"),
        (GEMS | {"image_url": "https://[::1"}, "products/0/image_url"),
        (GEMS | {"image_url": "https://game.example:99999/"}, "products/0/image_url"),
        (GEMS | {"image_url": "https://game.example/a\0b"}, "products/0/image_url"),
        (GEMS | {"image_url": "https://game.example/\ud800"}, "products/0/image_url"),
        (GEMS | {"prices": []}, "products/0/prices"),
        (GEMS | {"prices": [*GEMS["prices"], *GEMS["prices"]]}, "products/0/prices"),
        (GEMS | {"prices": [{"currency": "ZZZ", "amount_minor": 1}]}, "products/0/prices/0/currency"),
        (GEMS | {"prices": [{"currency": ["USD"], "amount_minor": 1}]}, "products/0/prices/0/currency"),
        (GEMS | {"prices": [{"currency": "USD", "amount_minor": 0}]}, "products/0/prices/0/amount_minor"),
        (GEMS | {"prices": [{"currency": "USD", "amount_minor": 4.99}]}, "products/0/prices/0/amount_minor"),
        (GEMS | {"prices": [{"currency": "USD", "amount_minor": True}]}, "products/0/prices/0/amount_minor"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(product: Any, path: str) -> None:
    """The first thing that is not as documented refuses the whole catalogue."""
    with pytest.raises(CatalogueInvalid) as refused:
        catalogue.read(_raw(product))

    assert path == refused.value.facts["path"]


def test_what_is_no_catalogue_at_all() -> None:
    """Neither text, nor a list without products, nor a product twice."""
    for raw in (b"<html>", b"[" * 100_000, b"[]", b'{"products": []}', b'{"products": {}}', _raw(GEMS, GEMS)):
        with pytest.raises(CatalogueInvalid):
            catalogue.read(raw)
