"""One case as it is read from a bureau's books, row by row, until it is whole. Values only: no store here."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.books import Account
from models.stages import Stage
from rules.case_books import (
    Announced,
    CaseBooks,
    Clearing,
    CrossingPaper,
    Form,
    Movement,
    Stretch,
    TakingIn,
)

CROSSING = frozenset({"certificate", "contact_letter", "information_form", "remittance"})
"""The kinds of papers that pass between the bureaus; the dossier is filed at both."""
BUREAUS = re.compile(r'"bureau_out":"(\w+)","bureau_in":"(\w+)"')
ADJUST = "/adjust"
"""How the key of a posting ends that brings an account up to its record before the money leaves."""
BACK = ("surplus", "return")
"""The purposes of money that goes back to the transfer-out bureau."""
ARRIVAL = ("bank_arrival", "received")
"""Anybody can name a case on a payment: that alone does not make it known here."""


@dataclass(slots=True)
class Gathered:
    """What has been read of one case so far."""

    case_no: str
    bureau: str
    peer: str | None = None
    dossier: str = ""
    refused: bool = False
    kinds: set[tuple[str, str]] = field(default_factory=set)
    papers: list[CrossingPaper] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    announced: dict[str, Announced] = field(default_factory=dict)
    arrived: Counter[str] = field(default_factory=Counter)
    takings_in: list[TakingIn] = field(default_factory=list)
    reversed: set[int] = field(default_factory=set)
    clearings: list[Clearing] = field(default_factory=list)
    cleared: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    posted: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    adjusted: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    postings: set[int] = field(default_factory=set)
    left: list[Stretch] = field(default_factory=list)
    brought: list[Stretch] = field(default_factory=list)
    relationship: int | None = None
    account: int = 0

    @property
    def known(self) -> bool:
        return bool(self.kinds - {ARRIVAL} or self.postings or self.left or self.brought)

    @property
    def coming(self) -> set[str]:
        """The remittances announced here that are not all in."""
        return self.announced.keys() - {one.number for one in self.movements if not one.issued}

    def enter(self, row: Any) -> None:
        """A paper on file."""
        self.kinds.add((row.kind, row.side))
        if row.kind in CROSSING:
            self.papers.append(CrossingPaper(row.kind, row.version, row.side, row.digest))
        if row.kind == "dossier":
            self._close(row.digest, row.dossier)
        if row.kind == "reversal":
            self.reversed.add(row.version)
        if row.body:
            self._state(row, json.loads(row.body))

    def _close(self, digest: str, dossier: str) -> None:
        """A dossier is long, and its beginning says how the case ended and between whom."""
        self.dossier = digest
        self.refused = f'"stage":"{Stage.REFUSED}"' in dossier
        if not self.refused and (named := BUREAUS.search(dossier)):
            self._between(named[1], named[2])

    def _between(self, out: str, into: str) -> None:
        self.peer = into if out == self.bureau else out

    def _state(self, row: Any, body: Mapping[str, Any]) -> None:
        """The figures a paper states."""
        issued = row.side == "issued"
        match row.kind:
            case "information_form":
                record = tuple(map(_stretch, body["record"]))
                self.forms.append(Form(row.version, issued, record, body["adjusted_record_balance"]))
            case "remittance":
                back = body.get("purpose") in BACK
                amounts = body["individual"], body["pooled"]
                self.movements.append(Movement(body["number"], issued, back, *amounts))
            case "announced_remittance":
                back = body["purpose"] in BACK
                total = body["individual"] + body["pooled"]
                self.announced[body["number"]] = Announced(body["number"], back, total, 0)
            case "bank_arrival":
                self.arrived[body["remittance"]] += body["amount"]
            case "taking_in":
                amounts = body["individual"], body["pooled"]
                self.takings_in.append(TakingIn(body["number"], row.version, *amounts))
            case "clearing":
                self.clearings.append(Clearing(body["number"], body["refund"], tuple(body["months"])))
        if "bureau_in" in body:
            self._between(body["bureau_out"], body["bureau_in"])

    def post(self, row: Any) -> None:
        """An entry of a posting."""
        sums = self.adjusted if row.key.endswith(ADJUST) else self.posted
        sums[row.paper or row.key][row.account] += row.amount
        self.postings.add(row.id)
        if row.account == Account.INDIVIDUAL_ACCOUNT and row.remittance:
            self.relationship = row.relationship_id

    def record(self, row: Any, *, moved: bool) -> None:
        """Months of a row: taken away by the case, or brought by it and not sent back by its own papers."""
        if moved:
            self.left.append(Stretch(*row[1:6]))
        elif f"/{self.case_no}/" not in (row.moved_by or ""):
            self.brought.append(Stretch(*row[1:6]))

    def books(self) -> CaseBooks:
        return CaseBooks(
            case_no=self.case_no,
            bureau=self.bureau,
            peer=self.peer,
            dossier=self.dossier,
            refused=self.refused,
            restored=("restoration", "issued") in self.kinds,
            papers=tuple(self.papers),
            forms=tuple(self.forms),
            movements=tuple(self.movements),
            announced=tuple(
                self.announced[number]._replace(arrived=self.arrived[number])
                for number in sorted(self.coming)
            ),
            takings_in=tuple(map(self._unless_reversed, self.takings_in)),
            clearings=tuple(
                one._replace(found=tuple(sorted(self.cleared[one.number]))) for one in self.clearings
            ),
            posted=_without_nothing(self.posted),
            adjusted=_without_nothing(self.adjusted),
            left=tuple(self.left),
            brought=tuple(self.brought),
            account=None if self.relationship is None else self.account,
        )

    def _unless_reversed(self, one: TakingIn) -> TakingIn:
        if one.version not in self.reversed:
            return one
        return one._replace(reversal=f"reversal/{self.case_no}/{one.version}")


def _stretch(part: Mapping[str, Any]) -> Stretch:
    return Stretch(part["first"], part["last"], part["base"], part["booked"], part["kind"])


def _without_nothing(sums: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {number: {a: n for a, n in each.items() if n} for number, each in sums.items()}
