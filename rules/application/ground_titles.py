"""The titles of grounds of refusal in statistics; they name no months, bureau, officer or case."""

_SIDES = {
    "out": ("transfer-out bureau", "转出地"),
    "in": ("transfer-in bureau", "转入地"),
    "employer": ("bureau of the new employer", "新用人单位所属"),
}
_NOT_ACCEPTED = {
    "not_sealed": ("it bears no officer's seal", "未经经办人签章"),
    "seal_not_genuine": ("the seal does not fit", "签章与内容不符"),
    "key_not_enrolled": ("the officer's key is not enrolled", "密钥未登记给经办人"),
    "key_of_another_bureau": ("the key is of another bureau", "密钥属于其他机构"),
    "key_of_another_officer": ("the key is of another officer", "密钥属于其他经办人"),
    "officer_barred": ("the officer may not act", "经办人不得办理"),
    "no_right": ("the officer has no right to", "经办人无权受理"),
}
TITLES = {
    "already_a_pensioner": ("The person already draws a pension", "已领取养老保险待遇"),
    "deceased": ("The insured person has died", "参保人员已死亡"),
    "scheme_not_handled": ("The bureau does not handle the scheme", "社会保险局不经办该险种"),
    "same_scheme": ("Both sides are the same scheme", "转出和转入为同一险种"),
    "reason_against_direction": (
        "The reason does not fit the schemes it moves between",
        "转移原因与转移方向不符",
    ),
    "no_new_employer": ("The application names no new employer", "申请中没有新用人单位"),
    "former_employers_form_for_leavers_only": (
        "A former employer files only for those who leave a government unit",
        "原单位只能为离开机关事业单位的人员申报",
    ),
    "post_still_kept": ("The post is kept during leave to start a business", "离岗创业期间保留人事关系"),
    "registered_home_unknown": (
        "The code of the household registration leads to no bureau",
        "户籍所在地代码不能确定社会保险局",
    ),
    "registered_home_outside_the_province": (
        "The household registration leads to no bureau in the province",
        "户籍所在地在省内无对应社会保险局",
    ),
    "wrong_destination": ("The transfer-in bureau is not the right one", "不应转入所填转入地"),
    "not_for_linking": ("There is linking only, for which the person applies", "只办理制度衔接，由本人申请"),
    "original_retirement_age_not_stated": (
        "The original retirement age is not stated",
        "未注明原法定退休年龄",
    ),
    "before_retirement_age": ("The person has not reached the retirement age", "未达到法定退休年龄"),
    "employee_transfer_under_way": (
        "A case is moving an employee relationship, which is gathered before linking",
        "职工养老保险关系正在转移，应先归集再衔接",
    ),
    "employee_relationships_not_gathered": (
        "The employee relationships are not gathered before linking",
        "职工养老保险关系未归集，应先归集再衔接",
    ),
    "enough_employee_years": (
        "Enough years in the employee scheme to stay there",
        "职工养老保险缴费年限已满，不能转入城乡居民养老保险",
    ),
    "too_few_employee_years": (
        "Too few years in the employee scheme",
        "职工养老保险缴费年限不满规定年限",
    ),
    "no_relationship": (
        "The transfer-out bureau has no relationship of the person in the scheme",
        "转出地无该人员在该制度下的养老保险关系",
    ),
    "name_differs": (
        "The name differs from the record of the transfer-out bureau",
        "姓名与转出地登记不一致",
    ),
    "name_differs_here": (
        "The name differs from the record of the transfer-in bureau",
        "姓名与转入地登记不一致",
    ),
    "pension_drawn": (
        "By the record of the transfer-out bureau a pension is drawn",
        "转出地记录显示已领取待遇",
    ),
    "relationship_ended": ("The relationship has already been ended", "养老保险关系已终止"),
    "remainder_without_papers": (
        "One-off months that stayed lack the papers asked for",
        "留在转出地的一次性缴费月份缺少规定文书",
    ),
    "transfer_under_way": ("Another case is transferring the relationship", "养老保险关系正在办理另一件转移"),
    "record_incomplete": (
        "The record at the transfer-out bureau is incomplete or wrong",
        "转出地缴费记录不完整或有误",
    ),
    "cleared_after_taking_in": (
        "Months were cleared after an earlier taking in",
        "此前转入后已清退重复缴费月份",
    ),
    **{
        f"bureau_{side}_replaced": (f"The {en} named is no longer valid", f"所填{zh}社会保险局已失效")
        for side, (en, zh) in _SIDES.items()
    },
    **{
        f"bureau_{side}_outside_the_province": (
            f"The {en} is none of Jilin's",
            f"{zh}社会保险局不在吉林省内",
        )
        for side, (en, zh) in _SIDES.items()
    },
    **{
        code: (f"Not accepted by an officer: {en}", f"申请未经经办人员有效受理：{zh}")
        for code, (en, zh) in _NOT_ACCEPTED.items()
    },
}
"""The title in English and Chinese, by the code of the ground."""


def ground_title(code: str) -> tuple[str, str]:
    """The title of a ground in English and Chinese; its code where it has none, as one of a later release."""
    return TITLES.get(code, (code, code))
