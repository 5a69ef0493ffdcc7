"""Words of a closed list as typed: by their value, or by their title in either language."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TypeVar

from desk.language import Words
from desk.problems import BadInput, Problem
from models.messages.stages import Party

Member = TypeVar("Member", bound=StrEnum)

PARTIES = {
    "in": Party.TRANSFER_IN,
    "out": Party.TRANSFER_OUT,
    "province": Party.PROVINCE,
    "applicant": Party.APPLICANT,
}
"""The parties, by the words to type."""


def titles_of(kind: type[Member]) -> dict[Member, Words]:
    """The titles of the members of an enumeration that has titles."""
    return {member: _titles(member) for member in kind}


def _titles(member: StrEnum) -> Words:
    if isinstance(both := getattr(member, "titles", None), tuple):
        return Words(*both)
    official = getattr(member, "official", member.value)
    return Words(member.value, str(official))


def known_word(words: Mapping[Member, Words], text: str) -> str:
    """The value of the member that the text names by value or title; else the text itself."""
    written = text.strip()
    for member, titles in words.items():
        if written.casefold() in (member.value, titles.en.casefold(), titles.zh):
            return member.value
    return text


def one_of(words: Mapping[Member, Words]) -> Words:
    """What a reader is told who has typed something else: every word, in Chinese with its value."""
    en = ", ".join(member.value for member in words)
    zh = "、".join(f"{titles.zh}（{member.value}）" for member, titles in words.items())
    return Words(f"one of {en}", f"应为 {zh} 之一")


def typed_word(field: str, words: Mapping[Member, Words], text: str) -> Member:
    """The member that the text names. Raises BadInput with all members for anything else."""
    value = known_word(words, text)
    for member in words:
        if member.value == value:
            return member
    raise BadInput(problems=[Problem(field, one_of(words))])


def typed_party(text: str) -> Party | None:
    """The party named by 'in', 'out', 'province', 'applicant' or its title; None for anything else."""
    if party := PARTIES.get(text.strip()):
        return party
    value = known_word({party: Words(*party.titles) for party in PARTIES.values()}, text)
    return next((party for party in PARTIES.values() if party.value == value), None)


def party_words(among: Collection[Party] = tuple(PARTIES.values())) -> Words:
    """What a reader is told who has named no party, or none of those allowed."""
    known = {typed: party for typed, party in PARTIES.items() if party in among}
    en = ", ".join(known)
    zh = "、".join(f"{party.titles[1]}（{typed}）" for typed, party in known.items())
    return Words(f"one of {en}", f"应为 {zh} 之一")
