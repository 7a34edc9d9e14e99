"""What fits in a comment, of any sections."""

from hypothesis import given
from hypothesis import strategies as st

from kade.report.comment import LIMIT, Section, fitted

LINES = st.lists(st.integers(0, 9000).map("x".__mul__), max_size=40)
SECTIONS = st.builds(
    Section,
    what=st.integers(5, 900).map("w".__mul__),
    lines=LINES,
    weight=st.floats(0.01, 5),
    head=st.integers(0, 5),
    end=st.lists(st.just("end"), max_size=2),
)


@given(SECTIONS, st.lists(SECTIONS, max_size=40))
def test_it_always_fits_and_says_what_is_missing(first, rest):
    text = fitted(["head"], first, rest)
    assert len(text) <= LIMIT
    whole = all(line in text.split("\n") for section in (first, *rest) for line in section.lines)
    assert ("Cut to fit" in text) >= (not whole)
    if "Cut to fit" in text:
        assert text.endswith("The whole report is in the artifact of this run.\n")


def test_small_sections_are_whole_and_the_rest_is_shared_by_weight():
    small = Section("small things", ["", "### Small", "", *["- line"] * 5])
    large = [Section(f"things of {n}", ["", f"### {n}", "", *[f"- {n}" * 10] * 5000], n) for n in (1, 3)]
    lines = fitted(["head"], Section("first things", ["first"]), [small, *large]).split("\n")
    assert lines.count("- line") == 5
    counts = [lines.count(f"- {n}" * 10) for n in (1, 3)]
    assert 2.9 < counts[1] / counts[0] < 3.1
    assert f"- … and {5000 - counts[0]} lines of things of 1" in lines
