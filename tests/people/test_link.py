"""Somebody's link and its QR code."""

from xml.etree import ElementTree

from tuppence import people
from tuppence.people import rules


def test_a_link_leads_back_to_the_handle() -> None:
    """What is shared is what is understood when pasted."""
    link = people.link_to("https://pay.example/", "ada.l")

    assert "https://pay.example/add/ada.l" == link
    assert "ada.l" == rules.handle_in(link)


def test_a_qr_code_is_plain_svg() -> None:
    """It is well-formed, scales, holds nothing that runs, and differs by what it says."""
    code = people.qr_svg("https://pay.example/add/ada")
    root = ElementTree.fromstring(code)

    assert "{http://www.w3.org/2000/svg}svg" == root.tag
    assert "viewBox" in root.attrib
    assert {"path"} == {child.tag.rpartition("}")[2] for child in root}
    assert len(code) < 4000
    assert code != people.qr_svg("https://pay.example/add/bob")
