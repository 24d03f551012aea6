"""The web app's files."""

import gzip
from pathlib import Path

import httpx2
import pytest
from starlette.requests import Request

from tuppence.http import create_api
from tuppence.http.errors import NoSuchPlace
from tuppence.http.openapi import document
from tuppence.http.web import WebApp


@pytest.fixture
def app(tmp_path: Path) -> WebApp:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>" + " " * 2000)
    (tmp_path / "sw.js").write_text("self")
    (tmp_path / "manifest.webmanifest").write_text("{}")
    (tmp_path / "assets" / "app-3f9c.js").write_text("1;" * 2000)
    (tmp_path.parent / "outside.txt").write_text("secret")
    return WebApp(tmp_path)


def _get(path: str, **headers: str) -> Request:
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": path, "headers": given, "query_string": b""})


async def test_hashed_files_are_kept_for_ever_and_the_rest_is_asked_for_again(app: WebApp) -> None:
    """What has a hash in its name never changes; the page and the worker must be fresh, or be told unchanged."""
    hashed, page = await app(_get("/assets/app-3f9c.js")), await app(_get("/"))
    again = await app(_get("/", if_none_match=page.headers["etag"]))

    assert "public, max-age=31536000, immutable" == hashed.headers["cache-control"]
    assert "no-cache" == page.headers["cache-control"] == (await app(_get("/sw.js"))).headers["cache-control"]
    assert (304, b"") == (again.status_code, bytes(again.body))
    assert "application/manifest+json" in (await app(_get("/manifest.webmanifest"))).headers["content-type"]


async def test_a_file_is_sent_packed_to_who_can_unpack_it(app: WebApp) -> None:
    """The packed body is the same file."""
    packed = await app(_get("/assets/app-3f9c.js", accept_encoding="br, gzip"))
    plain = await app(_get("/assets/app-3f9c.js"))

    assert "gzip" == packed.headers["content-encoding"]
    assert bytes(plain.body) == gzip.decompress(bytes(packed.body))


@pytest.mark.parametrize("path", ["/c/0192", "/add/ann.lee", "/settings"])
async def test_the_apps_own_addresses_get_the_page(app: WebApp, path: str) -> None:
    """A link into the app opens the app."""
    assert b"doctype" in bytes((await app(_get(path))).body)


@pytest.mark.parametrize("path", ["/v1/nothing", "/no.such.js", "/assets/../../outside.txt"])
async def test_what_is_not_there_is_not_the_page(app: WebApp, path: str) -> None:
    """A missing file, an unknown API address and a path that climbs out are 404, not a page that looks like success."""
    with pytest.raises(NoSuchPlace):
        await app(_get(path))


async def test_the_reference_is_there_with_the_description_it_is_made_from(browser: httpx2.AsyncClient) -> None:
    """`/docs/openapi.json` is the document of this very server, packed, and asked for again only if it changed."""
    told = await browser.get("/docs/openapi.json")
    again = await browser.get("/docs/openapi.json", headers={"If-None-Match": told.headers["etag"]})

    assert document(create_api()) == told.json()
    assert "gzip" == told.headers["content-encoding"]
    assert 304 == again.status_code
    assert 404 == (await browser.get("/docs/nothing.js")).status_code
