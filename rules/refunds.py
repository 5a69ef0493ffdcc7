"""What a cleared month gives back: a value that travels with a case."""

from enum import StrEnum


class RefundOf(StrEnum):
    """What a cleared month gives back (吉社保〔2020〕6号第四条).

    `PRINCIPAL` is the text of the Jilin measures (个人账户本金) and the default; the interest those months
    earned stays in the account. `BALANCE` is the national wording (个人账户储存额, 人社部发〔2009〕187号):
    principal with the interest it has earned.
    """

    PRINCIPAL = "principal"
    BALANCE = "balance"
