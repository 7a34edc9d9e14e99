"""One comment and one issue, kept up to date: against servers that hold what the two services would hold."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import pytest

from tests.cli.conftest import KADE, environment

TOKEN = "a-token-of-the-job"


class Server(ThreadingHTTPServer):
    """A server that holds the store of one service."""

    store: Any


class Service(BaseHTTPRequestHandler):
    """Keeps what it is sent, by path, as far as GitHub and Azure DevOps are asked here."""

    def _answer(self, content, status=200):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def _handle(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        store, path = cast(Server, self.server).store, self.path.split("?")[0]
        if TOKEN not in self.headers["Authorization"] and "Basic" not in self.headers["Authorization"]:
            return self._answer({}, 401)
        return store.handle(self.command, path, body, self)

    do_GET = do_POST = do_PATCH = _handle  # noqa: N815 the names of http.server

    def log_message(self, format, *args):
        """Nothing on the screen."""


class GitHub:
    def __init__(self):
        # A hundred comments of people come first, so that ours is on the second page.
        self.comments = [{"id": n, "body": f"Remark {n}"} for n in range(100)]
        self.issues = []

    def handle(self, method, path, body, request):
        if method == "GET":
            page = int(request.path.rsplit("page=", 1)[-1])
            items = self.comments if path.endswith("/comments") else [i for i in self.issues if i["state"] == "open"]
            return request._answer(items[(page - 1) * 100 : page * 100])
        if method == "POST":
            items = self.comments if path.endswith("/comments") else self.issues
            made = {"id": len(items), "number": len(items), "state": "open", "html_url": "https://here", **body}
            items.append(made)
            return request._answer(made, 201)
        number = int(path.rsplit("/", 1)[-1])
        items = self.comments if "/issues/comments/" in path else self.issues
        items[number] |= {"html_url": "https://here", **body}
        return request._answer(items[number])


class AzureDevOps:
    def __init__(self):
        self.threads, self.items = [], []

    def handle(self, method, path, body, request):
        if path.endswith("/threads"):
            if method == "POST":
                comments = [{"id": 1, **c} for c in body["comments"]]
                self.threads.append({"id": len(self.threads), "comments": comments})
                return request._answer(self.threads[-1])
            return request._answer({"value": self.threads})
        if "/threads/" in path:
            number = int(path.split("/threads/")[1].split("/")[0])
            self.threads[number]["comments"][0] |= body
            return request._answer(self.threads[number])
        if path.endswith("/wiql"):
            [tag] = re.findall(r"CONTAINS '([^']+)'", body["query"])
            found = [i for i in self.items if tag in i["System.Tags"] and i.get("System.State") != "Done"]
            return request._answer({"workItems": [{"id": i["id"]} for i in found]})
        fields = {c["path"].removeprefix("/fields/"): c["value"] for c in body}
        if method == "POST":
            self.items.append({"id": len(self.items), **fields})
        else:
            self.items[int(path.rsplit("/", 1)[-1])] |= fields
        return request._answer({"url": "https://here"})


@pytest.fixture
def served(request):
    """A server with the store of a service; gives the store and its address."""

    def start(store):
        server = Server(("127.0.0.1", 0), Service)
        server.store = store
        threading.Thread(target=server.serve_forever, daemon=True).start()
        request.addfinalizer(server.server_close)
        request.addfinalizer(server.shutdown)
        return store, f"http://127.0.0.1:{server.server_port}"

    return start


def publish(folder, *arguments, **variables):
    return subprocess.run(
        [KADE, "publish", *arguments],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def github(served, tmp_path):
    store, address = served(GitHub())
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7}}))
    known = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": address,
        "GITHUB_REPOSITORY": "gemeente-zandwijk/kade-zandwijk",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_TOKEN": TOKEN,
    }
    return store, lambda *arguments: publish(tmp_path, *arguments, **known)


@pytest.fixture
def azure(served, tmp_path):
    store, address = served(AzureDevOps())
    known = {
        "TF_BUILD": "True",
        "SYSTEM_COLLECTIONURI": f"{address}/",
        "SYSTEM_TEAMPROJECT": "Kade Zandwijk",
        "BUILD_REPOSITORY_ID": "1234",
        "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
        "SYSTEM_ACCESSTOKEN": TOKEN,
    }
    return store, lambda *arguments: publish(tmp_path, *arguments, **known)


def write(folder, text, estate="zandwijk (prd)"):
    (folder / "comment.md").write_text(f"<!-- kade-preview {estate} -->\n{text}\n")


def test_github_keeps_one_comment_for_each_estate(github, tmp_path):
    store, run = github
    for text in ("first", "second"):
        write(tmp_path, text)
        done = run("comment", "comment.md")
        assert done.returncode == 0, done.stderr
    write(tmp_path, "of another", "duinrand (prd)")
    run("comment", "comment.md")
    assert [c["body"].split("\n")[1] for c in store.comments[100:]] == ["second", "of another"]


def test_github_keeps_one_issue_and_closes_it(github, tmp_path):
    store, run = github
    for text in ("first", "second"):
        write(tmp_path, text)
        assert run("issue", "comment.md", "--title", "Drift of zandwijk (prd)").returncode == 0
    assert [(i["title"], i["labels"], i["state"]) for i in store.issues] == [
        ("Drift of zandwijk (prd)", ["kade"], "open")
    ]
    assert "second" in store.issues[0]["body"]
    assert run("issue", "comment.md", "--title", "Drift of zandwijk (prd)", "--close").returncode == 0
    assert store.issues[0]["state"] == "closed"
    again = run("issue", "comment.md", "--title", "Drift of zandwijk (prd)", "--close")
    assert "there was nothing to close" in again.stderr


def test_azure_devops_keeps_one_thread_and_one_work_item(azure, tmp_path):
    store, run = azure
    for text in ("first", "second"):
        write(tmp_path, text)
        assert run("comment", "comment.md").returncode == 0
        assert run("issue", "comment.md", "--title", "Drift of zandwijk (prd)").returncode == 0
    [thread] = store.threads
    assert "second" in thread["comments"][0]["content"]
    [item] = store.items
    assert "second" in item["System.Description"]
    assert run("issue", "comment.md", "--title", "Drift of zandwijk (prd)", "--close").returncode == 0
    assert store.items[0]["System.State"] == "Done"


def test_what_cannot_be_published_says_why(github, tmp_path):
    _, run = github
    (tmp_path / "plain.md").write_text("no marker\n")
    assert "its first line is no marker" in run("comment", "plain.md").stderr
    assert "cannot be read" in run("comment", "missing.md").stderr
    write(tmp_path, "text")
    outside = publish(tmp_path, "comment", "comment.md")
    assert (outside.returncode, "no job of GitHub Actions or Azure Pipelines" in outside.stderr) == (1, True)
    without = publish(tmp_path, "comment", "comment.md", GITHUB_ACTIONS="true", GITHUB_API_URL="http://127.0.0.1:9")
    assert "GITHUB_REPOSITORY is not set" in without.stderr


def test_a_refusal_names_the_permission_and_not_the_token(github, tmp_path):
    store, _ = github
    write(tmp_path, "text")
    refused = publish(
        tmp_path,
        "comment",
        "comment.md",
        GITHUB_ACTIONS="true",
        GITHUB_API_URL="http://127.0.0.1:9",
        GITHUB_REPOSITORY="a/b",
        GITHUB_TOKEN=TOKEN,
        GITHUB_EVENT_PATH=str(tmp_path / "event.json"),
    )
    assert refused.returncode == 1
    assert "cannot be reached" in refused.stderr
    assert TOKEN not in refused.stderr
    assert len(store.comments) == 100
