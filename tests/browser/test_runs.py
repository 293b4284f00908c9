"""The list of runs and the page of one, in a browser."""

import pytest
from viewing import OpenPage, Served

pytestmark = pytest.mark.browser


def test_a_run_is_listed_and_opens(served: Served, open_page: OpenPage) -> None:
    page = open_page(served)
    page.get_by_role("link", name="cards").click()
    assert "12 episodes" in page.inner_text("main")
