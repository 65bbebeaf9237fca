"""Generated expressions, in CNPG's six fields and in crontab(5)'s five."""

from hypothesis import strategies as st

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def field(least: int, most: int, names: tuple[str, ...] = (), wraps: bool = False) -> st.SearchStrategy[str]:
    """A field: a star, numbers, names, ranges and steps, alone or in a list; ranges may wrap if asked."""
    number = st.integers(least, most)
    value = number.map(str)
    if names:
        value = st.one_of(value, st.sampled_from((*names, *(name.upper() for name in names))))
    forward = st.tuples(number, number).map(lambda ends: f"{min(ends)}-{max(ends)}")
    item = st.one_of(
        st.just("*"),
        value,
        forward,
        st.integers(1, most).map("*/{}".format),
        st.tuples(forward, st.integers(1, 9)).map(lambda pair: f"{pair[0]}/{pair[1]}"),
        *([st.tuples(value, value).map("-".join)] if wraps else []),
    )
    return st.one_of(st.just("*"), value, item, st.lists(item, min_size=2, max_size=3).map(",".join))


six_fields = st.tuples(
    field(0, 59), field(0, 59), field(0, 23), field(1, 31), field(1, 12, MONTHS), field(0, 6, WEEKDAYS)
).map(" ".join)

few_a_day = st.tuples(
    st.just("0 0"),
    st.lists(st.integers(0, 23), min_size=1, max_size=2).map(lambda hours: ",".join(map(str, hours))),
    field(1, 31),
    field(1, 12, MONTHS),
    field(0, 6, WEEKDAYS),
).map(" ".join)

five_fields = st.tuples(
    field(0, 59, wraps=True),
    field(0, 23, wraps=True),
    field(1, 31, wraps=True),
    field(1, 12, MONTHS, wraps=True),
    field(0, 7, WEEKDAYS, wraps=True),
).map(" ".join)
