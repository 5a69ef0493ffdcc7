"""The facts of a move from one scheme to another, as the application states them. Values only."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from rules.values.months import Month

GOVERNMENT_SCHEME_BEGAN = date(2014, 10, 1)
"""The reform of the government scheme; its contributions begin in this month (吉社保〔2020〕6号第二条)."""


class Scheme(StrEnum):
    """A basic pension insurance scheme, by the letter this system writes for it."""

    GOVERNMENT = "G"
    ENTERPRISE = "E"
    RESIDENT = "R"

    @property
    def official(self) -> str:
        """The scheme's official name."""
        return _OFFICIAL[self]


_OFFICIAL = {
    Scheme.GOVERNMENT: "机关事业单位基本养老保险",
    Scheme.ENTERPRISE: "企业职工基本养老保险",
    Scheme.RESIDENT: "城乡居民基本养老保险",
}


EMPLOYEE_SCHEMES = frozenset({Scheme.GOVERNMENT, Scheme.ENTERPRISE})
"""The schemes of persons in employment (职工基本养老保险)."""


def other_employee_scheme(scheme: Scheme) -> Scheme:
    """The employee scheme on the other side of a move by the measures; for residents that of enterprises."""
    return Scheme.GOVERNMENT if scheme is Scheme.ENTERPRISE else Scheme.ENTERPRISE


class MoveReason(StrEnum):
    """Why the insured person changes scheme (吉社保〔2020〕6号第二条、第五条；人社厅发〔2017〕7号第九条)."""

    POSTING = "posting"
    """A posting approved by the personnel authority, or any other change of employer between the schemes."""
    RECRUITED = "recruited"
    """Insured as an individual, then recruited into a government unit (第二条第三项)."""
    RESIGNED = "resigned"
    DISMISSED = "dismissed"
    EXPELLED = "expelled"
    LEFT_WITHOUT_PROCEDURE = "left_without_procedure"
    """Left a government unit without the prescribed procedure; named by 人社厅发〔2017〕7号第九条."""
    CONVICTED = "convicted"
    CONTRACT_ENDED = "contract_ended"
    """A public institution's employment contract ended or was dissolved (聘用合同终止、解聘)."""
    UNIT_CONVERTED = "unit_converted"
    """The whole unit became an enterprise (转制) and its staff moves with it."""
    LEAVE_TO_START_A_BUSINESS = "leave_to_start_a_business"
    """Technical staff on leave to start a business who keep their post (离岗创业, 第五条)."""
    LINKING = "linking"
    """Links the resident scheme with an employee scheme (制度衔接, 人社部发〔2014〕17号)."""

    @property
    def official(self) -> str:
        """The reason in Chinese, as the papers write it."""
        return _REASONS[self]


_REASONS = {
    MoveReason.POSTING: "调动",
    MoveReason.RECRUITED: "招录",
    MoveReason.RESIGNED: "辞职",
    MoveReason.DISMISSED: "辞退",
    MoveReason.EXPELLED: "开除",
    MoveReason.LEFT_WITHOUT_PROCEDURE: "未按规定程序离职",
    MoveReason.CONVICTED: "判刑",
    MoveReason.CONTRACT_ENDED: "聘用合同终止或解聘",
    MoveReason.UNIT_CONVERTED: "转制",
    MoveReason.LEAVE_TO_START_A_BUSINESS: "离岗创业",
    MoveReason.LINKING: "城乡养老保险制度衔接",
}

LEAVING_REASONS = frozenset(
    {
        MoveReason.RESIGNED,
        MoveReason.DISMISSED,
        MoveReason.EXPELLED,
        MoveReason.LEFT_WITHOUT_PROCEDURE,
        MoveReason.CONVICTED,
        MoveReason.CONTRACT_ENDED,
    }
)
"""辞职、辞退、判刑等原因: the person leaves a government unit (吉社保〔2020〕6号第二条第二项).

That the word 等 takes in a contract that ended or was dissolved is this system's reading."""


class OriginalRetirementAge(StrEnum):
    """The retirement age, in years, that held for a person before it rose from 2025 on (原法定退休年龄)."""

    SIXTY = "60"
    """Men, and women whose post had the age of men."""
    FIFTY_FIVE = "55"
    FIFTY = "50"

    @property
    def official(self) -> str:
        """The age in Chinese, as the measures write it."""
        return _ORIGINAL_AGES[self]


_ORIGINAL_AGES = {
    OriginalRetirementAge.SIXTY: "六十周岁",
    OriginalRetirementAge.FIFTY_FIVE: "五十五周岁",
    OriginalRetirementAge.FIFTY: "五十周岁",
}


class InsuredStatus(StrEnum):
    """Where the insured person stands in the scheme they leave."""

    ACTIVE = "active"
    PAUSED = "paused"
    """Contributions stopped, usually because the employment has already ended; still not retired."""
    PENSIONER = "pensioner"
    DECEASED = "deceased"

    @property
    def official(self) -> str:
        """The status in Chinese, as the papers write it."""
        return _STATUSES[self]


_STATUSES = {
    InsuredStatus.ACTIVE: "参保缴费",
    InsuredStatus.PAUSED: "暂停缴费",
    InsuredStatus.PENSIONER: "领取待遇",
    InsuredStatus.DECEASED: "死亡",
}


class Material(StrEnum):
    """A paper handed in with an application.

    Names of papers are partly recalled, see `rules.application.checklist`.
    """

    IDENTITY_DOCUMENT = "identity_document"
    APPLICATION_FORM = "application_form"
    POSTING_DOCUMENT = "posting_document"
    FORMER_EMPLOYERS_FORM = "former_employers_form"
    DEPARTURE_DOCUMENT = "departure_document"
    SERVICE_CERTIFICATION = "service_certification"
    ONE_OFF_PAPERS = "one_off_papers"
    """The papers that one-off contributions of three years or more need (人社厅发〔2019〕94号)."""
    ARREARS_WAIVER = "arrears_waiver"
    """The person gives up paying months in arrears; they then neither count nor move."""
    LINKING_FORM = "linking_form"
    """The person's own written application for linking (人社厅发〔2014〕25号, an annex)."""

    @property
    def official(self) -> str:
        """The paper's Chinese title."""
        return _MATERIALS[self]


_MATERIALS = {
    Material.IDENTITY_DOCUMENT: "有效身份证件或社会保障卡",
    Material.APPLICATION_FORM: "养老保险关系转移接续申请表",
    Material.POSTING_DOCUMENT: "调动（录用）文件",
    Material.FORMER_EMPLOYERS_FORM: "机关事业单位辞职辞退等人员基本养老保险关系转移申请表",
    Material.DEPARTURE_DOCUMENT: "辞职、辞退、判刑等证明材料",
    Material.SERVICE_CERTIFICATION: "机关事业单位工作经历认定意见",
    Material.ONE_OFF_PAPERS: "一次性缴费的法院、审计、劳动保障监察或仲裁文书",
    Material.ARREARS_WAIVER: "放弃补缴承诺书",
    Material.LINKING_FORM: "城乡养老保险制度衔接申请表",
}


class ApplicationRoute(StrEnum):
    """Which paper opens the case; both entries are lawful for leavers."""

    CONTACT_LETTER = "contact_letter"
    """Application at the transfer-in bureau, which sends the contact letter (吉社保〔2020〕6号第七条)."""
    FORMER_EMPLOYERS_FORM = "former_employers_form"
    """The former employer's form at the transfer-out bureau (人社厅发〔2017〕7号第九条)."""

    @property
    def official(self) -> str:
        """The entry in Chinese, by the paper that opens the case."""
        return _ENTRIES[self]


_ENTRIES = {
    ApplicationRoute.CONTACT_LETTER: "联系函",
    ApplicationRoute.FORMER_EMPLOYERS_FORM: "原单位申请表",
}


@dataclass(frozen=True, slots=True)
class CertifiedMonths:
    """Months `first` to `last` certified as government service by the organisation or personnel department.

    Such a certification overrides the person's choice of the months to keep (吉社保〔2020〕6号第四条).
    """

    first: Month
    last: Month


@dataclass(frozen=True, slots=True)
class Move:
    """The facts of a move on which the law depends; no name, no ID number.

    `born_on` and `male` follow from the ID number, None where it cannot be one; only linking with the
    resident scheme asks for them, and for `original_retirement_age`, which a woman states.

    `bureau_out`, `bureau_in` and `employer_bureau` are keys of `rules.application.bureau_list`.
    `registered_home` is the division code of the household registration (户籍所在地), six digits, perhaps
    an old one; nine digits where only the township tells the bureau. `employer_bureau` is the bureau the new
    employer belongs to; None means the bureau where the employer applies. `individual_payer`: insured in the
    enterprise scheme as self-employed or flexible worker, before the move or after it.
    """

    scheme_from: Scheme
    scheme_to: Scheme
    bureau_out: str
    bureau_in: str
    reason: MoveReason
    status: InsuredStatus
    registered_home: str
    submitted_on: date
    new_employer: str | None = None
    employer_bureau: str | None = None
    individual_payer: bool = False
    entry: ApplicationRoute = ApplicationRoute.CONTACT_LETTER
    materials: frozenset[Material] = frozenset()
    certified_government_service: tuple[CertifiedMonths, ...] = ()
    born_on: date | None = field(default=None, repr=False)
    male: bool | None = None
    original_retirement_age: OriginalRetirementAge | None = None

    @property
    def links_residents(self) -> bool:
        """Whether one side is the resident scheme and the other an employee scheme (制度衔接)."""
        return (self.scheme_from is Scheme.RESIDENT) is not (self.scheme_to is Scheme.RESIDENT)
