"""Child processes: none outlives its parent, and none reads settings meant for other programs."""

import os
import shutil
from collections.abc import Sequence


def ending_with_us(command: Sequence[str]) -> list[str]:
    """A command that gets SIGTERM when this process dies for any reason, `kill -9` included.

    The kernel sends the signal when the thread that started the child ends: start children from the main
    thread. `setpriv` belongs to the base system of every Linux; where it is missing, the command is returned
    as it is.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--", *command] if setpriv else list(command)


def environment_without_temporal() -> dict[str, str]:
    """Our environment without its Temporal settings: the embedded server is no other service of the user.

    Neither variables nor the Temporal TOML file in the user's home have an effect.
    """
    plain = {key: value for key, value in os.environ.items() if not key.startswith("TEMPORAL_")}
    return {**plain, "TEMPORAL_CONFIG_FILE": os.devnull}
