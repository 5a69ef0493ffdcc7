"""The province's file of its bureaus: addresses, telephones and bank accounts, and the numbers of papers."""

import tomllib
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from models.contacts.bureaus import BureauContact, NumberScheme, OfficeData
from models.files.written_values import ListedBureau


class BureauDataFile(BaseModel):
    """The whole file. An empty one leaves the fields of the papers empty."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    numbers: NumberScheme = NumberScheme()
    bureaus: dict[ListedBureau, BureauContact] = Field(default_factory=dict)

    @classmethod
    def written(cls, text: str) -> Self:
        """What a TOML text says. Raises TOMLDecodeError or ValidationError."""
        return cls.model_validate(tomllib.loads(text))

    def office(self, bureau: str) -> OfficeData:
        """What the file says to one bureau."""
        return OfficeData(contact=self.bureaus.get(bureau), numbers=self.numbers)
