"""Where messages go: a directory, or the province's file of routes (TOML), read whole or not at all."""

from pathlib import Path

from pydantic import ValidationError

from desk.files.files import field_problems, read_text
from desk.language import Words
from desk.problems import BadInput
from models.outbox.routes import RoutesFile


def read_routes(path: Path) -> RoutesFile:
    """The routes in a TOML file, or files in a directory. Raises BadInput with everything wrong in it."""
    if path.suffix == ".toml":
        # Whether it can be read at all is told in the reader's language.
        read_text(path)
    try:
        return RoutesFile.at(path)
    except ValidationError as error:
        raise BadInput(Words(f"{path} cannot be used:", f"{path} 有误："), field_problems(error)) from None
    except (ValueError, RecursionError) as error:
        raise BadInput(Words(f"{path} is not TOML: {error}.", f"{path} 不是有效的 TOML：{error}。")) from None
