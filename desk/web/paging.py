"""Long lists by page: where a page stands, and the addresses of the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request

Item = TypeVar("Item")

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Pages:
    """Where in a long list a page stands; `total` is how many there are, `size` how many stand on a page.

    `name` is the word of the address that says which page is asked for; a page with several lists has one
    for each of them.
    """

    number: int
    total: int
    address: str
    query: Mapping[str, str]
    size: int = PAGE_SIZE
    name: str = "page"

    @classmethod
    def asked(cls, request: Request, total: int, size: int = PAGE_SIZE, name: str = "page") -> Self:
        """The page that an address asks for; the last where there are not so many."""
        number = page_number(request.query_params, name)
        pages = cls(number, total, request.url.path, dict(request.query_params), size, name)
        return cls(min(number, pages.last), total, pages.address, pages.query, size, name)

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))

    def link(self, number: int) -> str:
        """The address of another page of the same list."""
        query = {name: value for name, value in self.query.items() if value and name != self.name}
        return f"{self.address}?{urlencode({**query, self.name: str(number)})}"

    def of(self, items: Sequence[Item]) -> Sequence[Item]:
        """The part of the whole list on the page."""
        return items[self.size * (self.number - 1) : self.size * self.number]


def page_number(query: QueryParams, name: str = "page") -> int:
    """The page that is asked for, from 1 on; the first where a number is none."""
    text = query.get(name, "1")
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 6 and int(text) else 1


def is_page(text: str) -> bool:
    """Whether the text in an address is the number of a page."""
    return text.isdecimal() and page_number(QueryParams({"page": text})) == int(text)
