"""Which machine belongs to which application, and who talks to whom by that."""

from kade.estate import load
from kade.inventory.model import Application, Dependency, Inventory, Origin, Server
from kade.migration.joining import join, servers_of, talks

ORIGIN = Origin("rvtools", "export.xlsx", "vInfo", 2)
ESTATE = load("estates/duinrand")


def servers(*names, **other):
    return [Server(name, ORIGIN, uuid=name, **other) for name in names]


def joined(inventory, **named):
    found, rest = join(ESTATE, inventory, named)
    return {one.server.name: (one.application, one.by) for one in found}, [server.name for server in rest]


def test_an_engineers_word_goes_before_the_source_and_the_source_before_a_name():
    inventory = Inventory(
        servers=[
            *servers("UITKERINGEN-APP01.dui.local"),
            *servers("srv-7", application="geo-informatie en basiskaarten"),
            *servers("geoinformatie01", application="Zaaksysteem"),
            *servers("srv-9"),
            *servers("uitkeringen-sjabloon", template=True),
        ]
    )
    found, rest = joined(inventory)
    assert found == {
        "UITKERINGEN-APP01.dui.local": ("uitkeringen", "its name begins so (a guess)"),
        "srv-7": ("geo-informatie", "export.xlsx, vInfo, row 2 says so"),
        "geoinformatie01": ("zaaksysteem", "export.xlsx, vInfo, row 2 says so"),
    }
    assert rest == ["srv-9"]
    found, rest = joined(inventory, bestanden=["srv-9", "geoinformatie01"])
    assert found["srv-9"] == found["geoinformatie01"] == ("bestanden", "waves.yaml")
    assert rest == []


def test_talking_machines_are_talking_applications():
    inventory = Inventory(
        servers=[*servers("uitkeringen01"), *servers("geo", addresses=("10.0.0.9",))],
        dependencies=[
            Dependency("uitkeringen01.local", "unknown", ORIGIN, port=5432, target_address="10.0.0.9"),
            Dependency("uitkeringen01", "uitkeringen01", ORIGIN),
            Dependency("Zaaksysteem", "Uitkeringen", ORIGIN),
            Dependency("nobody", "uitkeringen01", ORIGIN),
        ],
    )
    found, _ = join(ESTATE, inventory, {"geo-informatie": ["geo"]})
    assert talks(ESTATE, inventory, found) == {
        ("uitkeringen", "geo-informatie"): "uitkeringen01.local talks to unknown:5432",
        ("zaaksysteem", "uitkeringen"): "Zaaksysteem talks to Uitkeringen",
    }
    assert [server.name for server in servers_of(found)["geo-informatie"]] == ["geo"]


def test_connections_of_the_portfolio_name_package_versions():
    portfolio = [
        Application("Zaaksysteem", ORIGIN, identifier="Pv-17"),
        Application("uitkeringen", ORIGIN, identifier="pv-4"),
    ]
    inventory = Inventory(
        applications=portfolio, dependencies=[Dependency("pv-17", "pv-4", ORIGIN), Dependency("pv-17", "pv-99", ORIGIN)]
    )
    assert list(talks(ESTATE, inventory, [])) == [("zaaksysteem", "uitkeringen")]
