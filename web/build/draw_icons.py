"""Draw the PNG icons from public/icon.svg: `python web/build/draw_icons.py`, after a change of the mark.

Launchers want pixels. A maskable one fills its square and keeps the mark inside the middle 80 per cent.
"""

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PUBLIC = Path(__file__).parent.parent / "public"
PAPER = "#fbf8f3"


def draw(page: Page, name: str, pixels: int, mark_share: float, background: str) -> None:
    """One square picture with the mark in its middle."""
    mark = (PUBLIC / "icon.svg").read_text()
    page.set_viewport_size({"width": pixels, "height": pixels})
    page.set_content(
        f"<style>body{{margin:0;height:100vh;display:grid;place-items:center;background:{background}}}"
        f"svg{{width:{mark_share:%}}}</style>{mark}"
    )
    page.screenshot(path=PUBLIC / name, omit_background=True)


def main() -> None:
    """Draw them all."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        draw(page, "icon-192.png", 192, 1, "transparent")
        draw(page, "icon-512.png", 512, 1, "transparent")
        draw(page, "icon-maskable-512.png", 512, 0.72, PAPER)
        draw(page, "icon-180.png", 180, 0.8, PAPER)
        browser.close()


if __name__ == "__main__":
    main()
