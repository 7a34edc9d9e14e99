"""Against moto's real server, over HTTP, as boto3 meets it at AWS."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import boto3
import pytest

from kade.inventory import aws_live, aws_session, store
from kade.inventory.aws_keeping import keep_places
from kade.inventory.aws_session import Account, Region
from kade.inventory.notes import InventoryError, Notes

# KADE_AWS_FULL=1 makes 5,040 machines over three accounts and four regions, which takes moto some minutes.
FULL = bool(os.environ.get("KADE_AWS_FULL"))
REGIONS = ("eu-central-1", "eu-west-1", "eu-north-1", "eu-west-3")[: 4 if FULL else 2]
ACCOUNTS = ("111111111111", "222222222222", "333333333333")[: 3 if FULL else 2]
PER_REGION = 420 if FULL else 5


@pytest.fixture(scope="module")
def moto():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{address}/moto-api/data.json", timeout=1).close()  # noqa: S310
            break
        except OSError:
            time.sleep(0.1)
    yield address
    server.kill()
    server.wait()


@pytest.fixture
def aws(moto, monkeypatch):
    for name, value in {
        "AWS_ENDPOINT_URL": moto,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    return moto


def role(account: str) -> Account:
    return Account(role=f"arn:aws:iam::{account}:role/inventory")


def in_account(account: str, service: str, region: str):
    keys = boto3.client("sts", region_name="us-east-1").assume_role(
        RoleArn=role(account).role, RoleSessionName="arrange"
    )["Credentials"]
    return boto3.client(
        service,
        region_name=region,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


@pytest.fixture
def estate(aws):
    for account in ACCOUNTS:
        for region in REGIONS:
            ec2 = in_account(account, "ec2", region)
            image = ec2.describe_images(Owners=["amazon"], MaxResults=5)["Images"][0]["ImageId"]
            ec2.run_instances(
                ImageId=image,
                InstanceType="m5.large",
                MinCount=PER_REGION,
                MaxCount=PER_REGION,
                TagSpecifications=[
                    {
                        "ResourceType": "instance",
                        "Tags": [{"Key": "Name", "Value": "srv"}, {"Key": "Application", "Value": "zaaksysteem"}],
                    }
                ],
            )
    in_account(ACCOUNTS[0], "rds", REGIONS[0]).create_db_instance(
        DBInstanceIdentifier="db-zaak", DBInstanceClass="db.m5.large", Engine="postgres", AllocatedStorage=200
    )
    s3 = in_account(ACCOUNTS[0], "s3", REGIONS[0])
    s3.create_bucket(Bucket="archief", CreateBucketConfiguration={"LocationConstraint": REGIONS[0]})
    s3.put_bucket_tagging(Bucket="archief", Tagging={"TagSet": [{"Key": "Eigenaar", "Value": "griffie"}]})
    ec2 = in_account(ACCOUNTS[0], "ec2", REGIONS[0])
    ec2.create_volume(AvailabilityZone=f"{REGIONS[0]}a", Size=80)
    instance = ec2.describe_instances()["Reservations"][0]["Instances"][0]
    listener = {"Protocol": "TCP", "LoadBalancerPort": 443, "InstancePort": 8443}
    classic = in_account(ACCOUNTS[0], "elb", REGIONS[0])
    classic.create_load_balancer(LoadBalancerName="oud", Listeners=[listener], AvailabilityZones=[f"{REGIONS[0]}a"])
    classic.register_instances_with_load_balancer(
        LoadBalancerName="oud", Instances=[{"InstanceId": instance["InstanceId"]}]
    )
    in_account(ACCOUNTS[0], "elbv2", REGIONS[0]).create_load_balancer(
        Name="nieuw", Subnets=[instance["SubnetId"]], Type="network", Tags=[{"Key": "Team", "Value": "web"}]
    )
    return aws


def test_all_accounts_and_regions_are_read(estate, monkeypatch):
    calls: set[str] = set()
    real = aws_session._refuse_writes

    def recorded(model, **other):
        calls.add(model.name)
        real(model, **other)

    monkeypatch.setattr(aws_session, "_refuse_writes", recorded)
    notes = Notes()
    found = aws_live.read([role(account) for account in ACCOUNTS], REGIONS, notes)
    assert len(found.servers) == len(ACCOUNTS) * len(REGIONS) * PER_REGION
    assert len({server.uuid for server in found.servers}) == len(found.servers)
    assert {server.location.split("/")[0] for server in found.servers} == set(ACCOUNTS)
    server = found.servers[0]
    assert (server.cores, server.memory_mib, server.application) == (2, 8192, "zaaksysteem")
    assert server.storage_gib
    assert server.addresses
    (database,) = found.databases
    assert (database.engine, database.size_gib) == ("postgres", 200)
    here = f"{ACCOUNTS[0]}/{REGIONS[0]}"
    assert [(one.kind, one.size_gib, one.location) for one in found.storage] == [
        ("disk", 80, here), ("bucket", None, here)
    ]  # fmt: skip
    assert found.storage[1].tags == {"Eigenaar": "griffie"}
    assert {(one.name, one.runtime, one.tags.get("Team")) for one in found.components} == {
        ("oud", "classic", None), ("nieuw", "network", "web")
    }  # fmt: skip
    assert [(one.source, one.target[:2], one.port) for one in found.dependencies] == [("oud", "i-", 8443)]
    assert len([network for network in found.networks if network.name.startswith("vpc-")]) == len(ACCOUNTS) * len(
        REGIONS
    )
    assert calls
    assert all(call.startswith(("Describe", "List", "Get", "AssumeRole")) for call in calls)


def test_a_call_that_writes_cannot_be_made(aws):
    place = Region(boto3.Session(), "1", "eu-west-1", Notes())
    with pytest.raises(aws_session.WriteRefusedError, match="RunInstances"):
        place.client("ec2").run_instances(ImageId="ami-1", MinCount=1, MaxCount=1)


def test_no_credentials_is_one_sentence(monkeypatch):
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with pytest.raises(InventoryError, match="AWS account geen"):
        aws_session.session(Account(profile="geen"))


def test_an_account_that_cannot_be_entered_does_not_keep_the_others_out(aws, tmp_path):
    notes = Notes()
    found = aws_live.read([Account(profile="geen"), Account()], REGIONS[:1], notes)
    assert found.networks
    assert [note.origin.file for note in notes.entries if note.field == "sts:assume_role"] == ["geen"]
    with (
        store.opened(tmp_path / "i.db") as base,
        pytest.raises(InventoryError, match="nothing could be read of AWS: geen"),
    ):
        keep_places(base, aws_live.read([Account(profile="geen")], REGIONS, notes), [], notes)


class Troubled(BaseHTTPRequestHandler):
    """EC2 that throttles each call once, answers in pages of one machine, and denies volumes."""

    seen: dict[str, int] = {}  # noqa: RUF012 - one for the whole server, as wanted

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        action = dict(part.split("=", 1) for part in body.split("&")).get("Action", "")
        self.seen[action] = self.seen.get(action, 0) + 1
        if action == "DescribeVolumes":
            self.answer(403, "UnauthorizedOperation")
        elif self.seen[action] == 1:
            self.answer(503, "RequestLimitExceeded")
        elif action == "DescribeInstances":
            self.answer(200, body=SECOND if "NextToken" in body else FIRST)
        else:
            self.answer(403, "UnauthorizedOperation")

    def answer(self, status, code="", body=""):
        body = body or f"<Response><Errors><Error><Code>{code}</Code><Message>no</Message></Error></Errors></Response>"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format, *args):
        pass


PAGE = """<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item>
<instancesSet><item><instanceId>{id}</instanceId><instanceType>m5.large</instanceType>
<instanceState><name>running</name></instanceState></item></instancesSet></item></reservationSet>{next}
</DescribeInstancesResponse>"""
FIRST = PAGE.format(id="i-1", next="<nextToken>more</nextToken>")
SECOND = PAGE.format(id="i-2", next="")


def test_pages_are_followed_throttling_is_waited_out_and_denial_is_reported(aws, monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Troubled)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", f"http://127.0.0.1:{server.server_port}")
    notes = Notes()
    found = aws_live.read([Account()], ["eu-west-1"], notes)
    server.shutdown()
    assert [machine.uuid for machine in found.servers] == ["i-1", "i-2"]
    assert Troubled.seen["DescribeInstances"] == 3  # refused, and two pages
    denied = {note.field for note in notes.entries if "is not allowed" in note.message}
    assert {"ec2:describe_volumes", "ec2:describe_vpcs", "ec2:describe_instance_types"} <= denied
    assert "secret" not in json.dumps([str(note) for note in notes.entries]).lower()
