"""The calendar the province counts by: what is published nationwide, with its own notices over it."""

from sqlalchemy import func
from sqlmodel import col, select

from models.books import PaperRow
from models.calendar import PublishedNotice
from models.holiday_notice import CalendarFile, loaded
from models.store import Store
from rules.working_calendar import WorkingCalendar

NOTICE = "holiday_notice"


class ProvinceCalendar:
    """Read from the province's register, and again whenever that has grown: by whichever worker."""

    def __init__(self, store: Store, nationwide: WorkingCalendar | None = None) -> None:
        self.store = store
        self.nationwide = nationwide or WorkingCalendar()
        self._read = 0
        self._calendar = self.nationwide

    async def as_published(self) -> WorkingCalendar:
        """The calendar as it stands now. One small query when nothing was published since."""
        if await self._filed() != self._read:
            notices = await self.notices()
            files = [CalendarFile.model_validate_json(notice.draft.content) for notice in notices]
            # The same calendar object serves until the next notice, so that its days are worked out once.
            self._calendar, self._read = loaded(self.nationwide, files), len(files)
        return self._calendar

    async def notices(self) -> tuple[PublishedNotice, ...]:
        """All that was published, in that order."""
        query = select(PaperRow.body).where(col(PaperRow.kind) == NOTICE).order_by(col(PaperRow.id))
        async with self.store.reading() as session:
            return tuple(PublishedNotice.model_validate_json(body) for body in await session.exec(query))

    async def _filed(self) -> int:
        query = select(func.count()).select_from(PaperRow).where(col(PaperRow.kind) == NOTICE)
        async with self.store.reading() as session:
            return (await session.exec(query)).one()
