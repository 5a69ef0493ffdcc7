"""The kinds of papers on file and the side a bureau has filed them on. The values stand in the stores."""

from enum import StrEnum


class PaperKind(StrEnum):
    """What a paper on file is. A paper and the answer of the step that filed it are two kinds."""

    REVIEW = "review"
    CERTIFICATE = "certificate"
    """《参保缴费凭证》"""
    CERTIFICATE_ANSWER = "certificate_answer"
    CONTACT_LETTER = "contact_letter"
    """《基本养老保险关系转移接续联系函》"""
    FORMER_EMPLOYERS_FORM = "former_employers_form"
    """《机关事业单位辞职辞退等人员基本养老保险关系转移申请表》"""
    LETTER_REGISTRATION = "letter_registration"
    INFORMATION_FORM = "information_form"
    """《基本养老保险关系转移接续信息表》"""
    INFORMATION_ARRIVAL = "information_arrival"
    ANNOUNCED_REMITTANCE = "announced_remittance"
    REMITTANCE = "remittance"
    """基金划转"""
    FUNDS_ARRIVAL = "funds_arrival"
    BANK_ARRIVAL = "bank_arrival"
    """An arrival of a bank statement, in the file of the case that it names."""
    TAKING_IN = "taking_in"
    REVERSAL = "reversal"
    RELEASE = "release"
    RESTORATION = "restoration"
    NOTICE = "notice"
    DUPLICATE_NOTICE = "duplicate_notice"
    CHOICE = "choice"
    CLEARING = "clearing"
    DOSSIER = "dossier"
    """案卷"""
    DOSSIER_FILING = "dossier_filing"
    LOADED_RECORD = "loaded_record"
    """建账"""
    STATEMENT_LINE = "statement_line"
    UNALLOCATED_PROPOSAL = "unallocated_proposal"
    UNALLOCATED = "unallocated"
    HOLIDAY_NOTICE = "holiday_notice"
    PROVINCE_FILE = "province_file"
    PROVINCE_FILE_FILING = "province_file_filing"
    RULING = "ruling"
    RULING_FILING = "ruling_filing"


class Side(StrEnum):
    """Whether a bureau has drawn a paper up or was given it. A transfer within one bureau files both."""

    ISSUED = "issued"
    RECEIVED = "received"
