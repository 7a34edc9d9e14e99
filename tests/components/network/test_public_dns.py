"""Public zones carry what internet.nl measures."""

import pytest

from kade.components.network.public_dns import PublicDnsZone, PublicDnsZoneArgs
from tests.components.network.support import run


def records(**more):
    args = PublicDnsZoneArgs("rg-dns", "diensten.example", **more)
    made = run(lambda: PublicDnsZone("zone", args))
    return made, {(r.inputs["recordType"], r.inputs["relativeRecordSetName"]): r.inputs for r in made.of("RecordSet")}


def text(record):
    (value,) = record["txtRecords"]
    return "".join(value["value"])


def test_a_domain_without_mail_says_so_everywhere():
    made, found = records(report_to="post@example.nl")
    assert len(made.of("DnssecConfig")) == 1
    assert found["MX", "@"]["mxRecords"] == [{"preference": 0, "exchange": "."}]
    assert text(found["TXT", "@"]) == "v=spf1 -all"
    assert text(found["TXT", "_dmarc"]).startswith("v=DMARC1; p=reject; sp=reject")
    assert "rua=mailto:post@example.nl" in text(found["TXT", "_dmarc"])


def test_certificates_come_from_the_named_authorities_and_none_is_for_every_name():
    _, found = records(certificate_authorities=["ca.example"], mail="external")
    values = [(r["tag"], r["value"]) for r in found["CAA", "@"]["caaRecords"]]
    assert values == [("issue", "ca.example"), ("issuewild", ";")]
    assert not [key for key in found if key[0] in ("MX", "TXT")]


def test_mail_of_microsoft_365():
    _, found = records(mail="microsoft365")
    exchange = found["MX", "@"]["mxRecords"][0]["exchange"]
    assert exchange == "diensten-example.mail.protection.outlook.com"
    assert text(found["TXT", "@"]) == "v=spf1 include:spf.protection.outlook.com -all"


def test_dane_needs_signed_answers():
    _, found = records(mail="external", dane={"mail.diensten.example": "ab" * 32})
    assert found["TLSA", "_25._tcp.mail"]["tlsaRecords"][0]["certAssociationData"] == "ab" * 32
    with pytest.raises(ValueError, match="proves nothing in a zone without DNSSEC"):
        records(dnssec=False, dane={"mail.diensten.example": "ab" * 32})
    with pytest.raises(ValueError, match="'gmail' is not one of none, microsoft365"):
        records(mail="gmail")
