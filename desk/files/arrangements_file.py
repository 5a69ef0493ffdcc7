"""The file of arrangements (TOML) as the province writes it: read whole or not at all."""

from pathlib import Path

from pydantic import ValidationError

from desk.files.files import field_problems, read_text
from desk.language import Words
from desk.problems import BadInput
from models.files.arrangements_file import ArrangementsFile


def read_arrangements(path: Path) -> ArrangementsFile:
    """The arrangements in a file. Raises BadInput with everything wrong in it."""
    try:
        return ArrangementsFile.written(read_text(path))
    except ValidationError as error:
        raise BadInput(Words(f"{path} cannot be used:", f"{path} 有误："), field_problems(error)) from None
    except (ValueError, RecursionError) as error:
        raise BadInput(Words(f"{path} is not TOML: {error}.", f"{path} 不是有效的 TOML：{error}。")) from None
