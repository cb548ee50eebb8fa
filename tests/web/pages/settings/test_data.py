"""The settings of a person's data: what they can take along."""

from tests.web.pages.readers import Reader, played
from tests.web.parsed import parse


async def test_the_links_lead_to_the_export_and_a_table_of_plays(
    reader: Reader,
) -> None:
    await reader.store(played(1, "2023-05-01T10:00:00Z", artist="=Ann"))
    page = parse((await reader.open("/settings/data")).text)
    links = [
        one.attributes["href"] for one in page.all("a") if "download" in one.attributes
    ]
    assert links[0] == "/api/v1/auth/me/export"
    table = await reader.open(links[1] or "")
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "'=Ann,Song 1" in table.text
