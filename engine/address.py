"""Where a Temporal service is, and the errors when none can be reached; imports nothing of the engine."""

from dataclasses import dataclass
from pathlib import Path

DEMONSTRATION = Path(__file__).parents[1] / ".state" / "keys" / "demonstration.json"
"""The key file of `make up`, used by every command that names no other."""


class NoEngine(Exception):
    """No Temporal service can be reached. Its text is English; `zh` says the same in Chinese."""

    exit_code = 2

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


class NobodyAnswers(NoEngine):
    """No Temporal service answers at an address."""

    exit_code = 3

    def __init__(self, address: str) -> None:
        super().__init__(
            f"No Temporal server answers at {address}: start one with `make up`, or name one with --address.",
            f"{address} 没有 Temporal 服务应答，请用 `make up` 启动，或用 --address 指明地址。",
        )


class UnusableAddress(NoEngine):
    """What was given names no service: a malformed address, an unknown profile, an unreadable file."""

    def __init__(self, en: str, zh: str) -> None:
        options = "--address, --namespace, --profile"
        super().__init__(
            f"{en}. See {options} and --config-file.",
            f"{zh}，见 {options.replace(', ', '、')} 和 --config-file。",
        )


@dataclass(frozen=True, slots=True)
class Address:
    """Where the service is, and the key file. What is None comes from the environment or the profile.

    An access log is told `why` something is read, and which `officer` acts; '' where nobody does.
    """

    host: str | None = None
    namespace: str | None = None
    profile: str | None = None
    config_file: Path | None = None
    keys: Path | None = None
    why: str = ""
    officer: str = ""
