"""Somebody at a browser of their own, and the eye that is kept on every page they see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    FilePayload,
    Locator,
    Page,
    Request,
    Response,
    ViewportSize,
)

from tests.e2e.houses import House
from tests.e2e.words import DATA
from wenzheng.petitions.attachments import KINDS
from wenzheng.web.i18n import Words

SECONDS: Final = 60
"""How long anybody waits for a page or for somebody else's work to arrive."""
WIDTHS: Final = (1280, 390)
"""CSS pixels: a desk's screen and a phone's."""
_EYE: Final = Path(__file__).with_name("eye.js").read_text(encoding="utf-8")
_TABS: Final = 60
_FOCUSED: Final = """() => {
  const el = document.activeElement;
  return (el.labels?.[0] ?? el).innerText.trim();
}"""
_AXE: Final = Axe()
# Everything axe knows, with the newest rules of WCAG 2.2 that are off unless asked for.
_RULES: Final = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
_HAN: Final = re.compile(r"[\u3400-\u9fff]+")
_LATIN: Final = re.compile(r"[A-Za-z][A-Za-z_.]{2,}")
_IDENTIFIER: Final = re.compile(r"\b[a-z]+_[a-z_]+\b")
_CODE: Final = re.compile(r"\b[0-9A-Z]{4}(-[0-9A-Z]{4})+\b")


@dataclass(frozen=True)
class Way:
    """How a story is lived: language, width of the window, with scripts or without.

    Whatever the width that people work at, every page is looked at in all `WIDTHS`.
    """

    language: str
    width: int
    scripts: bool = True

    @property
    def name(self) -> str:
        return f"{self.language}-{self.width}" + ("" if self.scripts else "-plain")

    @property
    def t(self) -> Words:
        return Words(self.language, UTC)


def _size(width: int) -> ViewportSize:
    return {"width": width, "height": 844 if width < 800 else 900}


@dataclass
class Person:
    """One browser. `look` is called on every page: it notes what is wrong and takes pictures for an album."""

    browser: Browser
    house: House
    way: Way
    album: Path | None
    wrong: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    context: BrowserContext = field(init=False)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        way = self.way
        self.context = self.browser.new_context(
            base_url=self.house.url,
            locale={"zh": "zh-CN", "en": "en-GB"}[way.language],
            viewport=_size(way.width),
            java_script_enabled=way.scripts,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        self.context.set_default_timeout(SECONDS * 1000)
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    # --- what goes on behind the page ---

    def _console(self, message: ConsoleMessage) -> None:
        # A page that says what was wrong with a form has status 4xx, and Chromium writes that down as well.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.house.url}/", "data:", "blob:")):
            self.faults.append(f"asks another host: {request.url}")

    def _response(self, response: Response) -> None:
        is_page = response.request.resource_type == "document"
        if response.status >= 500 or (response.status >= 400 and not is_page):
            self.faults.append(f"{response.status} for {response.url}")

    # --- what people do ---

    def open(self, path: str, name: str = "", says: Sequence[str] = ()) -> None:
        self.page.goto(path)
        if name:
            self.look(name, says)

    def fill(self, **values: str) -> None:
        """Texts into controls by their ids; `__` in a name is a hyphen."""
        for name, text in values.items():
            self.page.locator(f"[id='{name.replace('__', '-')}']").fill(text)

    def choose(self, name: str, value: str) -> None:
        """A radio button or a box."""
        self.page.locator(f"input[name='{name}'][value='{value}']").check()

    def select(self, name: str, value: str) -> None:
        self.page.locator(f"select[name='{name}']").select_option(value)

    def attach(self, name: str, *files: tuple[str, str, bytes]) -> None:
        """Choose files: (name, media type, content)."""
        self.page.locator(f"[id='{name}']").set_input_files(
            [FilePayload(name=title, mimeType=kind, buffer=content) for title, kind, content in files]
        )

    def press(self, label: str) -> None:
        """A button of the page, by what stands on it."""
        self.click(self.page.get_by_role("button", name=label, exact=True))

    def follow(self, label: str) -> None:
        """A link in the page, by its words."""
        self.click(self.page.get_by_role("link", name=label).first)

    def click(self, target: Locator) -> None:
        """Whatever leads to another page, or to the same one anew, until that page has come."""
        with self.page.expect_navigation():
            target.click()

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, label: str) -> None:
        """Tab until the control with these words has the focus."""
        for _ in range(_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(_FOCUSED) == label:
                return
        raise AssertionError(f"expected {label!r} within {_TABS} tabs on {self.page.url}")

    def turn(self, key: str) -> None:
        """A key that leads to another page, or to the same one anew, until that page has come."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def has_error(self, name: str) -> None:
        """The page says what is wrong with a field, at its top and at the field."""
        self.page.locator(f".govuk-error-summary a[href='#{name}']").wait_for()
        assert self.page.locator(f"[id='{name}-error']").inner_text().strip()
        assert self.page.title().startswith(self.way.t("error.prefix"))

    def value(self, name: str) -> str:
        return self.page.locator(f"[id='{name}']").input_value()

    def sees(self, *texts: str) -> None:
        shown = self.page.locator("body").inner_text()
        for text in texts:
            assert text in shown, f"expected {text!r} on {self.page.url}, found:\n{shown}"

    def sees_not(self, *texts: str) -> None:
        shown = self.page.locator("body").inner_text()
        for text in texts:
            assert text not in shown, f"{text!r} must not stand on {self.page.url}"

    def wait_for(self, path: str, selector: str) -> None:
        """Load a page anew until it has something that another's work brings."""
        for _ in range(SECONDS * 4):
            self.page.goto(path)
            if self.page.locator(selector).count():
                return
            self.page.wait_for_timeout(250)
        raise AssertionError(f"expected {selector} on {path} within {SECONDS} s")

    def sign_in(self, account: str, name: str = "") -> None:
        """With the first password, from the page that staff are told of."""
        self.page.goto("/sign-in")
        if self.way.language == "en":
            # The account's own language is Chinese: somebody who reads English says so once.
            self.page.goto("/sign-in?lang=en")
        if name:
            self.look(name)
        self.fill(account=account, password=self.house.passwords[account])
        self.press(self.way.t("sign_in.button"))
        assert "/sign-in" not in self.page.url, self.page.url

    def sign_out(self) -> None:
        self.press(self.way.t("sign_out"))
        self.page.wait_for_url("**/sign-in")

    # --- the eye ---

    def look(self, name: str, says: Sequence[str] = ()) -> None:
        """Photograph the page at all widths and check all that every page must keep.

        `says` may stand there though they are words of the other language.
        """
        self.page.wait_for_load_state("load")
        language = self.page.locator("html").get_attribute("lang")
        if language != self.way.t.tag:
            self.faults.append(f"language {language}")
        self.faults += self._untranslated(says)
        self._note(name)
        number = self._next_picture()
        for width in (*(other for other in WIDTHS if other != self.way.width), self.way.width):
            self.page.set_viewport_size(_size(width))
            self._photograph(number, f"{name}-{width}")
            self._check()
            self._note(f"{name} ({width} px)")

    def _check(self) -> None:
        if not self.way.scripts:
            return
        self.page.keyboard.press("Tab")
        self.faults += self.page.evaluate(_EYE)
        self.faults += self._violations()

    def _note(self, where: str) -> None:
        here = f"{self.way.name} {where} {urlsplit(self.page.url).path}"
        self.wrong += [f"{here}: {fault}" for fault in self.faults]
        self.faults.clear()

    def _violations(self) -> list[str]:
        found: dict[str, Any] = _AXE.run(self.page, options=_RULES).response
        return [
            f"axe: {rule['id']}: {rule['help']}: {node['html'][:160]}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    def _untranslated(self, says: Sequence[str]) -> list[str]:
        """Words of the other language that nobody typed, and names that only programs use."""
        shown = self.page.locator("body").inner_text() + self.page.title()
        for text in sorted((*says, *DATA, *_NAMES[self.way.language]), key=len, reverse=True):
            shown = shown.replace(text, "")
        shown = _CODE.sub("", shown)
        wrong = _HAN if self.way.language == "en" else _LATIN
        found = (*wrong.findall(shown), *_IDENTIFIER.findall(shown))
        return [f"not translated: {text}" for text in dict.fromkeys(found)]

    def _next_picture(self) -> int:
        """Pictures of a story have one row of numbers, whoever saw the page."""
        taken = self.album.joinpath(self.way.name).glob("*.png") if self.album else ()
        return len({path.name.partition("-")[0] for path in taken}) + 1

    def _photograph(self, number: int, name: str) -> None:
        if self.album is not None:
            path = self.album / self.way.name / f"{number:02}-{name}.png"
            self.page.screenshot(path=path, full_page=True)


_NAMES: Final = {"zh": ("English", *KINDS), "en": ("中文",)}
"""What may stand on a page in the other language: the way to it, and kinds of files."""
