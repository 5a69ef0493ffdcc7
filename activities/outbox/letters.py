"""Messages as letters: what they say in each language, without naming a person."""

from dataclasses import dataclass

from models.outbox.outgoing import OutgoingMessage

_ABOUT = ("about", "事项")
_DUE = ("due on", "到期日")
_LOOK_UP = (
    "What it is about stands in the case; ask the bureau, or look it up under its number.",
    "具体内容见案件，请凭案号向经办机构查询。",
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in words, with a number by which a recipient recognises a second copy."""

    identity: str
    subject: str
    text: str


def letter_of(message: OutgoingMessage, identity: str, language: str) -> Letter:
    """The letter of a message in a language, 'en' or 'zh'. The subject holds only the case and the event."""
    place = ("en", "zh").index(language)
    title = message.event.titles[place]
    lines = [f"{message.case_no}: {title}" if language == "en" else f"{message.case_no}：{title}"]
    lines += [f"{_ABOUT[place]}: {message.about}"] if message.about else []
    lines += [f"{_DUE[place]}: {message.due_on}"] if message.due_on else []
    lines.append(_LOOK_UP[place])
    return Letter(identity, f"[{message.case_no}] {title}", "\n".join(lines) + "\n")
