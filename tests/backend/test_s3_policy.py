"""Who may read by a bucket's policy."""

import pytest

from kade.backend.s3_policy import open_to


@pytest.mark.parametrize(
    ("condition", "is_open"),
    [
        ({}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"StringLike": {"s3:prefix": "public/*"}}, True),
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "0.0.0.0/0"]}}, True),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, True),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, True),
        ({"StringLike": {"aws:PrincipalArn": "*"}}, True),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}, "Bool": {"aws:SecureTransport": "true"}}, False),
        ({"StringEquals": {"AWS:SourceVpce": "vpce-1"}}, False),
    ],
)
def test_everybody_with_a_condition_is_everybody_unless_it_says_who(condition, is_open):
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*", "Condition": condition}
    assert open_to({"Statement": [statement]}, {}) == ({"everybody"} if is_open else set())
