"""By which way each recipient is reached: the province's file of routes (TOML)."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from models.files.whole_file import whole_file
from models.files.written_values import ListedBureau
from models.outbox.outgoing import Recipient


class _Route(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    language: Literal["zh", "en"] = "zh"


class FilesRoute(_Route):
    """One file for each message in a directory, for whatever picks them up."""

    by: Literal["files"] = "files"
    directory: Path = Path("outgoing")

    def beside(self, folder: Path) -> "FilesRoute":
        """With its directory as seen from a folder."""
        return self.model_copy(update={"directory": folder / self.directory})


class WebhookRoute(_Route):
    """A POST with a signature (HMAC-SHA256) under a secret that only the two ends have."""

    by: Literal["webhook"]
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$")]
    secret_file: Path

    def beside(self, folder: Path) -> "WebhookRoute":
        """With its secret as seen from a folder."""
        return self.model_copy(update={"secret_file": folder / self.secret_file})


class MailRoute(_Route):
    """A letter by SMTP."""

    by: Literal["mail"]
    host: str
    port: int = Field(default=25, ge=1, le=65535)
    tls: bool = False
    sender: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]
    to: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]

    def beside(self, folder: Path) -> "MailRoute":
        """As it is."""
        return self


Route = Annotated[FilesRoute | WebhookRoute | MailRoute, Field(discriminator="by")]


class RoutesFile(BaseModel):
    """The whole file: a route for each recipient, and other routes for single bureaus.

    Without a file everything is laid down as files.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    applicant: Route = FilesRoute()
    bureau: Route = FilesRoute()
    province: Route = FilesRoute()
    bureaus: dict[ListedBureau, Route] = Field(default_factory=dict)
    """A bureau's own route, by its key."""

    @classmethod
    def at(cls, path: Path) -> Self:
        """The routes in a TOML file, or files in any other place, which is a directory.

        A relative directory or secret in the file is looked for beside it. Raises OSError, ValueError for
        what is not TOML, and ValidationError with everything wrong in it.
        """
        if path.suffix != ".toml":
            into = FilesRoute(directory=path)
            return cls(applicant=into, bureau=into, province=into)
        return cls.model_validate(tomllib.loads(whole_file(path).decode("utf-8-sig"))).beside(path.parent)

    def to(self, recipient: Recipient, bureau: str) -> FilesRoute | WebhookRoute | MailRoute:
        """The route of a message."""
        if recipient is Recipient.APPLICANT:
            return self.applicant
        if recipient is Recipient.PROVINCE:
            return self.province
        return self.bureaus.get(bureau, self.bureau)

    def beside(self, folder: Path) -> Self:
        """With every file and directory as seen from a folder."""
        own = {key: route.beside(folder) for key, route in self.bureaus.items()}
        others = {name: getattr(self, name).beside(folder) for name in ("applicant", "bureau", "province")}
        return self.model_copy(update={"bureaus": own, **others})
