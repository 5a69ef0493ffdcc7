"""The province's file of its bureaus: addresses, telephones, accounts, schemes, and the numbers of papers."""

import tomllib
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from models.contacts.bureaus import BureauEntry, NumberScheme, OfficeData
from models.files.written_values import ListedBureau


class BureauDataFile(BaseModel):
    """The whole file. An empty one leaves the fields of the papers empty."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    numbers: NumberScheme = NumberScheme()
    bureaus: dict[ListedBureau, BureauEntry] = Field(default_factory=dict)

    @classmethod
    def written(cls, text: str) -> Self:
        """What a TOML text says. Raises TOMLDecodeError or ValidationError."""
        return cls.model_validate(tomllib.loads(text))

    def office(self, bureau: str) -> OfficeData:
        """The entries of the file for one bureau."""
        entry = self.bureaus.get(bureau)
        if entry is None:
            return OfficeData(numbers=self.numbers)
        return OfficeData(contact=entry.as_printed(), schemes=entry.schemes, numbers=self.numbers)
