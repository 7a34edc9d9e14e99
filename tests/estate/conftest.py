"""A small estate that is right, for tests that break it in one place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kade.estate import Estate, EstateError, Problem, load

SMALL = """\
name: dorp
profile: klein
organisation: {display_name: Gemeente Dorp, inhabitants: 9000, code: drp}
tenants:
  dorp: {tenant_id: 00000000-0000-4000-8000-000000000001, domain: dorp.onmicrosoft.com}
regions: {primary: westeurope}
environments:
  prd: {title: Productie, production: true, data: production}
  tst: {title: Test}
roles:
  platform: {title: Platform}
domains:
  wonen: {title: Wonen, owner: platform}
subscriptions:
  platform: {id: 00000000-0000-4000-8000-000000000002, management_group: platform, owner: platform}
  werk: {id: 00000000-0000-4000-8000-000000000003, management_group: corp, owner: platform, environment: prd}
logging: {subscription: platform}
security: {subscription: platform, contact: {emails: [ict@dorp.example]}}
backup:
  classes:
    gewoon: {rpo_hours: 24, rto_hours: 24}
network:
  subscription: platform
  addresses:
    supernets: {westeurope: [10.1.0.0/16]}
  sites:
    huis: {title: Huis, ranges: [192.168.0.0/24]}
  hubs:
    weu: {region: westeurope}
  segments:
    backend: {level: 3, title: Servers}
    data: {level: 4, title: Data}
  flows:
    lezen: {from: backend, to: data, ports: [443, 1433], why: Reads its data}
  spokes:
    werk:
      subscriptions: {prd: werk}
      subnets: {backend: {size: 26}, data: {size: 26}}
applications:
  kaart:
    title: Kaart
    domain: wonen
    data: [public]
    strategy: rehost
    spoke: werk
    servers:
      app: {os: windows, version: "2022", cores: 2, memory_gb: 4, disks_gb: [64]}
"""

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def cache_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test recalls what another has read."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the small estate with pieces of its text replaced, each of which must be there."""

    def make(*changes: tuple[str, str], add: str = "") -> Path:
        text = SMALL
        for old, new in changes:
            assert text.count(old) >= 1, old
            text = text.replace(old, new, 1)
        file = tmp_path / "estate.yaml"
        file.write_text(text + add, encoding="utf-8")
        return file

    return make


@pytest.fixture
def small(write: Write) -> Estate:
    return load(write())


@pytest.fixture
def refused(write: Write) -> Callable[..., list[Problem]]:
    """The problems of the small estate with pieces of its text replaced."""

    def make(*changes: tuple[str, str], add: str = "") -> list[Problem]:
        with pytest.raises(EstateError) as caught:
            load(write(*changes, add=add))
        return list(caught.value.problems)

    return make
