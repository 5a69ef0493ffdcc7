"""Messages that a case sends outside by itself: reminders, lateness, requests for correction."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.clocks import ClockReading
    from models.messages.papers import InformationForm
    from models.messages.stages import Party
    from models.outbox.outgoing import OutgoingEvent, OutgoingMessage, Recipient
    from rules.values.due_dates import Alarm, AlarmKind


def messages_of_alarm(
    case_no: str, bureau: str, reading: ClockReading, alarm: Alarm
) -> tuple[OutgoingMessage, ...]:
    """A reminder for the bureau that owes the step; a report of lateness for the province too."""
    out = reading.owed_by is Party.TRANSFER_OUT
    owes = Recipient.TRANSFER_OUT if out else Recipient.TRANSFER_IN
    event, recipients = {
        AlarmKind.REMINDER: (OutgoingEvent.REMINDER, (owes,)),
        AlarmKind.OVERDUE: (OutgoingEvent.OVERDUE, (owes, Recipient.PROVINCE)),
        AlarmKind.ESCALATION: (OutgoingEvent.STILL_OVERDUE, (Recipient.PROVINCE,)),
    }[alarm.kind]
    due_on = str(reading.due_on)
    key = f"{case_no}/{reading.clock}/{due_on}/{alarm.working_days}"
    return tuple(
        OutgoingMessage(
            key=f"{event}/{recipient}/{key}",
            case_no=case_no,
            event=event,
            recipient=recipient,
            bureau=bureau,
            about=reading.clock,
            due_on=due_on,
        )
        for recipient in recipients
    )


def correction_message(form: InformationForm, request: str) -> OutgoingMessage:
    """The message on a request for correction to the bureau that has to answer; `request` identifies it."""
    return OutgoingMessage(
        key=f"{OutgoingEvent.CORRECTION_REQUESTED}/{form.case_no}/{request}",
        case_no=form.case_no,
        event=OutgoingEvent.CORRECTION_REQUESTED,
        recipient=Recipient.TRANSFER_OUT,
        bureau=form.bureau_out,
        about=form.official_number or form.number,
    )
