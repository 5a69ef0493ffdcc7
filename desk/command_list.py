"""The commands of `starter.py`, each with its place and its line in the list of commands."""

from desk.lazy_commands import ListedCommand

PANELS = {
    "Cases": (
        (
            "apply",
            "desk.commands.applying:apply",
            "Open a transfer case, or many from a file; an application handed in before opens nothing twice.",
        ),
        (
            "show",
            "desk.commands.showing:show",
            "One case: where it stands, who is to act, its clocks, its days by party, and its journal.",
        ),
        (
            "papers",
            "desk.print.command:papers",
            "Print every paper of a case as a PDF file, or verify a printed file against the register.",
        ),
        (
            "list",
            "desk.commands.listing:list_cases",
            "Cases by bureau, stage, flag, party, due date or day; the nearest due date first.",
        ),
        (
            "find",
            "desk.commands.listing:find",
            "The cases of a person, by ID number, which is asked about as a keyed hash alone.",
        ),
        (
            "worklist",
            "desk.commands.worklist:worklist",
            "What each party has to do now: cases waiting on it, what they wait for, and until when.",
        ),
    ),
    "In a case: papers, corrections, approvals, the person's choice": (
        (
            "supplement",
            "desk.commands.applicants:supplement",
            "Enter papers that were missing; the same case goes on (第六条).",
        ),
        (
            "arrears",
            "desk.commands.applicants:arrears",
            "Enter at the transfer-out bureau that months in arrears were paid.",
        ),
        (
            "certify",
            "desk.commands.applicants:certify",
            "Enter months certified as government service; possible until months paid twice are cleared.",
        ),
        (
            "correct",
            "desk.commands.corrections:correct",
            "Ask the transfer-out bureau to correct fields of the information form.",
        ),
        (
            "amend",
            "desk.commands.corrections:amend",
            "Answer a correction field by field: amended to a value, or declined with a reason.",
        ),
        (
            "withdraw-correction",
            "desk.commands.corrections:withdraw_correction",
            "Take back requests for correction that have not been answered.",
        ),
        (
            "reopen",
            "desk.commands.corrections:reopen",
            "Take a closed case up again to correct its form; a second officer approves.",
        ),
        (
            "complete",
            "desk.commands.corrections:complete",
            "Complete the bureau's own record before the form, or confirm it as it stands (第七条第二项).",
        ),
        (
            "approve",
            "desk.commands.approvals:approve",
            "Read what waits for approval, with its amounts, or approve it; two officers are two persons.",
        ),
        (
            "delivered",
            "desk.deliveries.command:delivered",
            "Enter how and when a notice has reached the person; without options, what is on file.",
        ),
        (
            "choose",
            "desk.commands.choosing:choose",
            "Months paid twice: without options, what the person can choose; with them, the person's answer.",
        ),
        (
            "hold",
            "desk.commands.applicants:hold",
            "Put a case on hold for a death, a retirement, a court's freeze; its clocks are paused.",
        ),
        (
            "resume",
            "desk.commands.applicants:resume",
            "Let a case on hold go on, by the bureau that put it on hold.",
        ),
        (
            "withdraw",
            "desk.commands.applicants:withdraw",
            "Take an application back for the applicant; possible until the funds leave.",
        ),
    ),
    "Disputes and rulings": (
        (
            "dispute",
            "desk.commands.disputes:dispute",
            "Disagree with the other bureau on a point; --by says which bureau, in or out.",
        ),
        (
            "withdraw-dispute",
            "desk.commands.disputes:withdraw_dispute",
            "Take back a dispute that the other bureau has not answered.",
        ),
        ("answer", "desk.commands.disputes:answer", "Answer a dispute with the other bureau's position."),
        (
            "settle",
            "desk.commands.disputes:settle",
            "Propose terms, or agree to those of the other bureau by handing in the same.",
        ),
        ("refer", "desk.commands.disputes:refer", "Lay a dispute before the provincial bureau."),
        (
            "rule",
            "desk.commands.rulings:rule",
            "Rule on a dispute: orders, which the case carries out one after another.",
        ),
        ("rulings", "desk.commands.rulings:rulings", "Past rulings on the same point, newest first."),
    ),
    "The law, without opening a case": (
        (
            "calculate",
            "desk.commands.calculate:calculate",
            "Try out a transfer: the six lines of the information form, the account by years, and why.",
        ),
        (
            "deadline",
            "desk.commands.deadline:deadline",
            "The due date of a period, with every day from receipt on: its number, or why it does not count.",
        ),
        (
            "check",
            "desk.commands.check:check",
            "Check applications without opening a case: every ground, every missing paper, the right bureau.",
        ),
        (
            "bureaus",
            "desk.commands.bureaus:bureaus",
            "The bureaus of a day: the key is the division code where there is one; changed "
            "keys with their day.",
        ),
    ),
    "The system": (
        (
            "seed",
            "desk.commands.seed:seed",
            "Load accounts and contribution histories into the bureaus' stores.",
        ),
        ("audit", "desk.commands.audit:audit", "Prove all bureaus' books."),
        (
            "releases",
            "desk.commands.releases:releases",
            "Releases of the platform that run or ran under a build id, newest first.",
        ),
        (
            "promote",
            "desk.commands.releases:promote",
            "Give a release all cases, open ones too: each goes over to it with its next step.",
        ),
        (
            "demo",
            "desk.demo.command:demo",
            "Five cases on an embedded server with a worker per bureau; exit 1 unless all "
            "end as they should.",
        ),
        (
            "up",
            "desk.commands.up:up",
            "Keep server, workers and web desk running until Ctrl-C; the state survives a restart.",
        ),
        (
            "web",
            "desk.web.command:web",
            "Run the web desk until Ctrl-C; officers sign in and work in a browser.",
        ),
        (
            "access",
            "desk.access.access_log:access",
            "Who has read what the engine keeps encrypted: when, which case, why; refused readings too.",
        ),
        (
            "keys",
            "desk.access.key_files:keys",
            "Key files: made, renewed, and the codec server that reads for those without a key.",
        ),
        (
            "officer",
            "desk.officers.roster_commands:officer",
            "Officers: their keys, and the roster of a bureau, which two officers change.",
        ),
        ("rates", "desk.rates.command:rates", "Yearly interest rates: their effect, their publication."),
        (
            "report",
            "desk.figures.command:report",
            "A month in figures: cases, working days, money, corrections and grounds, bureaus side by side.",
        ),
        (
            "export",
            "desk.exchange.command:export",
            "Files for other programs.",
        ),
        (
            "outbox",
            "desk.outbox.command:outbox",
            "Messages sent outside: those of a case, or those that could not be delivered.",
        ),
        (
            "revive",
            "desk.operating.reviving:revive",
            "Bring back a case that was ended from outside; it goes on where it was, and nothing is "
            "done twice.",
        ),
        (
            "calendar",
            "desk.commands.calendar:calendar",
            "Holiday notices: their effect, and their publication.",
        ),
    ),
    "The bank's statement": (
        ("funds", "desk.commands.funds:funds", "Money between bureaus that the bank's statement reports."),
    ),
}
"""The commands by heading: name, module and function, first paragraph of the help."""

COMMANDS = tuple(
    ListedCommand(name, place, panel, summary)
    for panel, listed in PANELS.items()
    for name, place, summary in listed
)
