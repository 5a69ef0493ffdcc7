"""Many invented people, each with an account at one bureau and an application to move to another."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from stdnum.cn import ric
from temporalio.client import Client, WorkflowHandle

from desk.client.case_numbers import case_number
from desk.client.opening import open_case
from models.files.history_file import HistoryFile
from models.messages.application import TransferApplication
from models.messages.progress import Progress
from province import account, application
from rules.values.months import months_between
from workflows.identifiers import case_workflow_id
from workflows.transfer_case import TransferCase

BUREAUS = ("220100", "220200", "220300", "220400", "220500", "220600", "220700", "222400")
SECRET = b"tests of faults"
FIRST_BIRTHDAY = date(1980, 1, 1)


class Insured(NamedTuple):
    """A person about to move from the government to the enterprise scheme."""

    id_number: str
    account: HistoryFile
    application: TransferApplication
    also: HistoryFile | None = None
    """The record at the transfer-in bureau, for a person who has paid some months twice."""

    @property
    def case_no(self) -> str:
        return case_number(self.application, SECRET)

    @property
    def accounts(self) -> tuple[HistoryFile, ...]:
        return (self.account, self.also) if self.also else (self.account,)

    @property
    def months_in_all(self) -> int:
        """How many months this person has paid, counting those paid twice once."""
        return len(
            {
                month
                for account in self.accounts
                for part in account.months
                for month in months_between(part.first, part.last)
            }
        )


def crowd(size: int, first: int = 0, bureaus: Sequence[str] = BUREAUS) -> list[Insured]:
    """A number of people, spread evenly over all pairs of bureaus; `first` makes their numbers distinct."""
    many = len(bureaus)
    ways = [(bureaus[at], bureaus[(at + step) % many]) for step in range(1, many) for at in range(many)]
    return [_insured(number, *ways[number % len(ways)]) for number in range(first, first + size)]


def paid_twice(one: Insured) -> Insured:
    """The person, having also paid into the enterprise scheme at the transfer-in bureau before the move."""
    return one._replace(
        also=account(
            one.id_number,
            one.application.name,
            scheme="E",
            bureau=one.application.bureau_in,
            months=(("2025-10", "2026-02", "7000.00"),),
        )
    )


def _insured(number: int, bureau_out: str, bureau_in: str) -> Insured:
    id_number, name = _id_number(number), name_of(number)
    months = (("2019-01", "2022-12", f"{5000 + number}.00"), ("2023-01", "2025-12", f"{6000 + number}.00"))
    return Insured(
        id_number,
        account(id_number, name, bureau=bureau_out, months=months),
        application(
            name=name,
            id_number=id_number,
            bureau_out=bureau_out,
            bureau_in=bureau_in,
            employer_bureau=bureau_in,
        ),
    )


def name_of(number: int) -> str:
    """A name of Chinese characters that no other number has."""
    return "甲" + str(number).translate(str.maketrans("0123456789", "零一二三四五六七八九"))


def _id_number(number: int) -> str:
    """A well-formed invented ID number: the birthdays count up from one day."""
    born = FIRST_BIRTHDAY + timedelta(days=number)
    body = f"222401{born:%Y%m%d}012"
    return body + str(ric.calc_check_digit(f"{body}0"))


def handle_of(client: Client, one: Insured) -> "WorkflowHandle[TransferCase, Progress]":
    """A person's case at the engine."""
    return client.get_workflow_handle_for(TransferCase.run, case_workflow_id(one.case_no))


async def open_all(client: Client, people: Sequence[Insured], apart: float = 0.0) -> None:
    """Open the cases of all these people, `apart` seconds apart."""
    for one in people:
        await open_case(client, one.application, SECRET)
        await asyncio.sleep(apart)
