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


def test_dkim_is_a_name_or_a_key_and_a_long_key_is_cut_in_strings():
    key = "v=DKIM1; k=rsa; p=" + "A" * 400
    _, found = records(mail="microsoft365", dkim={"selector1": "selector1.dkim.example", "own": key})
    assert found["CNAME", "selector1._domainkey"]["cnameRecord"] == {"cname": "selector1.dkim.example"}
    (value,) = found["TXT", "own._domainkey"]["txtRecords"]
    assert [len(piece) for piece in value["value"]] == [255, len(key) - 255]
    assert "".join(value["value"]) == key


def test_senders_are_told_to_use_tls_and_to_report():
    _, found = records(
        mail="microsoft365", report_to="post@example.nl", mta_sts_id="20261125", mta_sts_host="web.example"
    )
    assert text(found["TXT", "_mta-sts"]) == "v=STSv1; id=20261125"
    assert found["CNAME", "mta-sts"]["cnameRecord"] == {"cname": "web.example"}
    assert text(found["TXT", "_smtp._tls"]) == "v=TLSRPTv1; rua=mailto:post@example.nl"


def test_mail_of_our_own_names_its_servers_in_order():
    _, found = records(mail="own", mail_servers=["mail1.diensten.example", "mail2.diensten.example"])
    assert [(m["preference"], m["exchange"]) for m in found["MX", "@"]["mxRecords"]] == [
        (0, "mail1.diensten.example"),
        (10, "mail2.diensten.example"),
    ]
    assert text(found["TXT", "@"]) == "v=spf1 mx -all"


def test_dane_of_a_server_elsewhere_is_refused():
    with pytest.raises(ValueError, match=r"mail\.elders\.example is not in diensten\.example"):
        records(mail="own", mail_servers=["mail.elders.example"], dane={"mail.elders.example": "ab" * 32})


def test_mail_of_microsoft_365():
    _, found = records(mail="microsoft365")
    exchange = found["MX", "@"]["mxRecords"][0]["exchange"]
    assert exchange == "diensten-example.mail.protection.outlook.com"
    assert text(found["TXT", "@"]) == "v=spf1 include:spf.protection.outlook.com -all"


def test_dane_needs_signed_answers():
    _, found = records(mail="external", dane={"mail.diensten.example": "ab" * 32})
    assert found["TLSA", "_25._tcp.mail"]["tlsaRecords"] == [
        {"usage": 3, "selector": 1, "matchingType": 1, "certAssociationData": "ab" * 32}
    ]
    with pytest.raises(ValueError, match="proves nothing in a zone without DNSSEC"):
        records(dnssec=False, dane={"mail.diensten.example": "ab" * 32})
    with pytest.raises(ValueError, match="'gmail' is not one of none, microsoft365"):
        records(mail="gmail")
