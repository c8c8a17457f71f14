"""Opening hours minute by minute, written the long way: what tests compare the rules with."""

from datetime import timedelta

DAY = timedelta(days=1)


def deciding_set(sets, line, day):
    """Return the set that counts on a day, by the sentences of models.hours one after the other."""
    valid = [one for one in sets if one.valid_from <= day and not (one.valid_to and one.valid_to < day)]
    whole = [one for one in valid if one.space is None]
    steps = [[one for one in whole if one.is_special and not spans_on(one, day)]]
    steps += [[one for one in valid if one.is_special and one.space == space] for space in line]
    steps += [[one for one in whole if one.is_special]]
    steps += [[one for one in whole if not one.is_special and one.counts_for_all]]
    steps += [[one for one in valid if not one.is_special and one.space == space] for space in line]
    steps += [[one for one in whole if not one.is_special and not one.counts_for_all]]
    for found in steps:
        if found:
            shortest = min(length(one) for one in found)
            return max((one for one in found if length(one) == shortest), key=lambda one: one.pk)
    return None


def length(one):
    return float("inf") if one.valid_to is None else (one.valid_to - one.valid_from).days


def spans_on(one, day):
    return [span for span in one.spans if span.weekday == day.weekday()]


def spans_that_open(sets, line, day, first_day):
    """Return what opens on a day; nothing does before the first day of all."""
    found = deciding_set(sets, line, day)
    return spans_on(found, day) if found and (first_day is None or first_day <= day) else []


def is_open(sets, line, moment, zone, first_day=None):
    """Return whether the wall clock of a zone stands within a span of its day, or of the day before past midnight."""
    wall = moment.astimezone(zone)
    day, clock = wall.date(), wall.time()
    for span in spans_that_open(sets, line, day, first_day):
        if span.opens <= clock and (span.closes_next_day or clock < span.closes):
            return True
    return any(
        span.closes_next_day and clock < span.closes
        for span in spans_that_open(sets, line, day - DAY, first_day)
    )


def open_ticks(sets, line, start, end, zone, *, step, first_day=None):
    """Return every instant of a grid at which it is open."""
    found, moment = set(), start
    while moment < end:
        if is_open(sets, line, moment, zone, first_day):
            found.add(moment)
        moment += step
    return found
