"""The examples of the README run, and make what the tables beside them say."""

import pytest

from tests.components import readme

FOLDER = "landing_zone"


@pytest.mark.parametrize("part", readme.sections(FOLDER), ids=readme.heading)
def test_an_example_makes_what_its_tables_say(part):
    readme.makes_what_its_tables_say(part)


def test_every_component_is_in_the_readme_and_in_an_example():
    readme.names_and_makes_every_component(FOLDER)
