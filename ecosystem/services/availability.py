"""When facilities and spaces are open and free: what pages, bookings, feeds and the API ask.

One place computes it (rules.hours, rules.slots), so a slot that a page lists can be booked and no other.
"""

from ecosystem.services.calendar_rows import calendar_at, calendars
from ecosystem.services.facility_states import State, facility_state, facility_states
from ecosystem.services.hours_rows import ClosedTime
from ecosystem.services.room_search import Offer, alternatives, find_rooms, next_free
from ecosystem.services.slot_problems import Problem, reason_text
from ecosystem.services.space_calendars import DayView, SpaceCalendar

__all__ = [
    "ClosedTime",
    "DayView",
    "Offer",
    "Problem",
    "SpaceCalendar",
    "State",
    "alternatives",
    "calendar_at",
    "calendars",
    "facility_state",
    "facility_states",
    "find_rooms",
    "next_free",
    "reason_text",
]
