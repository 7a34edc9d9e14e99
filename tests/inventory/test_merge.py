from hypothesis import given
from hypothesis import strategies as st

from kade.inventory import merge
from kade.inventory.model import Origin, Server
from kade.inventory.notes import CONFLICT, GUESSED, MERGED, Notes


def server(name, source, row=2, **other):
    return Server(name, Origin(source, f"{source}.csv", row=row), **other)


def test_the_same_identifier_is_the_same_machine():
    notes = Notes()
    (machine,) = merge.machines(
        [
            server("SRV1", "azure-migrate", uuid="42", cpu_percent=12.0, cores=4),
            server("srv1.gemeente.local", "rvtools", uuid="42", cores=8, operating_system="Windows Server 2019"),
        ],
        notes,
    )
    assert machine.server.name == "srv1.gemeente.local"  # the hypervisor knows the configuration
    assert machine.server.cpu_percent == 12.0  # the assessment knows the load
    assert machine.server.cores == 8
    assert len(machine.origins) == 2
    assert "identifier 42" in machine.evidence
    assert [note.kind for note in notes.entries] == [CONFLICT, MERGED]
    assert "8 here, 4 in azure-migrate.csv" in notes.of(CONFLICT)[0].message


def test_a_name_alone_is_a_guess_and_an_address_settles_it():
    notes = Notes()
    merge.machines([server("srv1", "rvtools"), server("srv1", "azure-migrate")], notes)
    assert [note.kind for note in notes.entries] == [GUESSED]
    notes = Notes()
    pair = [server("srv1", "rvtools", addresses=("10.0.0.1",)), server("srv1", "aws", addresses=("10.0.0.1",))]
    assert merge.machines(pair, notes)[0].evidence == "name and address 10.0.0.1"


def test_other_addresses_or_a_double_name_keep_machines_apart():
    apart = [server("srv1", "rvtools", addresses=("10.0.0.1",)), server("srv1", "aws", addresses=("10.9.9.9",))]
    assert len(merge.machines(apart, Notes())) == 2
    doubles = [server("srv1", "rvtools"), server("srv1", "rvtools", row=3), server("srv1", "aws")]
    assert len(merge.machines(doubles, Notes())) == 3


names = st.sampled_from(["a", "b", "c", "a.local", "B"])
sources = st.sampled_from(["rvtools", "aws", "azure-migrate"])
servers = st.builds(
    server, names, sources, st.integers(2, 9), uuid=st.sampled_from(["", "1", "2"]), cores=st.integers(1, 4)
)


@given(st.lists(servers, max_size=12))
def test_no_record_is_lost_or_in_two_machines(records):
    machines = merge.machines(records, Notes())
    assert sorted(origin for machine in machines for origin in machine.origins) == sorted(r.origin for r in records)
