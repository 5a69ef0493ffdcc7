"""《基本养老保险关系转移接续联系函》 as printed, in two copies: with it the transfer-out bureau can pay."""

from desk.print.sheet import Grid, Sheet, Signatures, Text, band, label, value
from desk.print.words import bureau, day, sex, ticked
from models.messages.papers import ContactLetter
from rules.application.bureaus import listed_bureau

SIX = (13, 19, 13, 18, 14, 23)


def letter_sheet(paper: ContactLetter) -> Sheet:
    """The letter's own sentence, the person, and where the funds are to go."""
    agency = paper.agency
    account = agency.account if agency else None
    old, new = (one.official for one in (paper.scheme_from, paper.scheme_to))
    listed = listed_bureau(paper.bureau_out)
    certificate = paper.certificate_official_number or paper.certificate
    text = (
        f"原在你处参加{old}的{paper.name}同志，现已在我处参加{new}，申请转移接续基本养老保险关系。经审核符合规定，"
        "请办理基本养老保险关系转出手续，向我处传送《基本养老保险关系转移接续信息表》，并将转移基金划转至下列账户。"
    )
    rows = (
        (band("参保人员信息", 6),),
        (label("姓名"), value(paper.name), label("性别"), value(sex(paper.id_number)),
         label("公民身份号码"), value(paper.id_number)),
        (label("原个人编号"), value(paper.personal_number), label("参保缴费凭证"), value(certificate, 3)),
        (label("新参保险种"), value(ticked(paper.scheme_to), 2), label("转出地行政区划"),
         value(listed.division_code if listed else None, 2)),
        (band("转移基金收款账户", 6),),
        (label("开户全称"), value(account.holder if account else None, 5)),
        (label("开户银行"), value(account.bank if account else None, 3), label("行号"),
         value(account.bank_code if account else None)),
        (label("账号"), value(account.number if account else None, 5)),
        (band("转入地社会保险经办机构", 6),),
        (label("机构全称"), value(bureau(paper.bureau_in, agency), 3), label("行政区划代码"),
         value(agency.division if agency else paper.bureau_in)),
        (label("地址"), value(agency.address if agency else None, 3), label("邮政编码"),
         value(agency.postcode if agency else None)),
        (label("联系人"), value(agency.contact if agency else None), label("联系电话"),
         value(agency.phone if agency else None, 3)),
    )  # fmt: skip
    return Sheet(
        title="基本养老保险关系转移接续联系函",
        author=bureau(paper.bureau_in, agency),
        left=f"编号：{paper.official_number}",
        right=f"发函日期：{day(paper.sent_on)}",
        copies=("第一联\n转出地经办机构", "第二联\n转入地经办机构留存"),
        parts=(
            Text(f"{bureau(paper.bureau_out)}：", indent=False),
            Text(text),
            Grid(SIX, rows, after=3),
            Text("职业年金（企业年金）的转移接续另行办理。", small=True, indent=False, after=5),
            Signatures((("经办人：", ""), ("社会保险经办机构（章）：", ""), (day(paper.sent_on), ""))),
        ),
    )
