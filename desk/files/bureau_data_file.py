"""The province's file of its bureaus (TOML): read whole or not at all."""

from pathlib import Path

from pydantic import ValidationError

from desk.files.files import field_problems, read_text
from desk.language import Words
from desk.problems import BadInput
from models.files.bureau_data_file import BureauDataFile


def read_bureau_data(path: Path) -> BureauDataFile:
    """What the file says of the bureaus. Raises BadInput with everything wrong in it."""
    try:
        return BureauDataFile.written(read_text(path))
    except ValidationError as error:
        raise BadInput(Words(f"{path} cannot be used:", f"{path} 有误："), field_problems(error)) from None
    except (ValueError, RecursionError) as error:
        raise BadInput(Words(f"{path} is not TOML: {error}.", f"{path} 不是有效的 TOML：{error}。")) from None
