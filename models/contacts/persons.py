"""How the person can be reached, as stated with an application: printed, and never part of a decision."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Telephone = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^\+?[0-9][0-9 -]{4,20}$", max_length=22)
]
Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class PersonContact(BaseModel):
    """Fields of 《养老保险关系转移接续申请表》 that a case does not need; None where not stated.

    They are no part of the case number: the same application with another telephone number is the same
    application.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    mobile: Telephone | None = Field(default=None, repr=False)
    """联系电话"""
    home_address: Address | None = Field(default=None, repr=False)
    """户籍地地址"""
    personal_number: ShortText | None = Field(default=None, repr=False)
    """原个人编号, the person's number at the transfer-out bureau."""
    employer_code: ShortText | None = None
    """The new employer's number, 单位编号 or 统一社会信用代码."""
    refund_account: Address | None = Field(default=None, repr=False)
    """开户行、户名、账号, for what months paid twice give back."""
    agent_name: ShortText | None = Field(default=None, repr=False)
    """代办人"""
    agent_relation: ShortText | None = Field(default=None, repr=False)
    agent_mobile: Telephone | None = Field(default=None, repr=False)
    agent_address: Address | None = Field(default=None, repr=False)
