"""Parameters of PostgreSQL servers, flexible and single: what connections they take, and what they log."""

from __future__ import annotations

from kade.policies.kit import Resource, Result, not_applicable, rule

PARAMETERS = (
    "azure-native:dbforpostgresql:Configuration",
    "azure-native:dbforpostgresql:SingleServerConfiguration",
)

_OTHER = [{"configurationName": "work_mem", "value": "4096"}]


def _only(parameter: Resource, *names: str) -> None:
    """Leave the rule for parameters of another name."""
    if parameter.word("configurationName", parameter.name.rpartition("/")[2].lower()) not in names:
        not_applicable(f"is not {names[0]}")


@rule(
    "kade-postgresql-encrypted-connections",
    "PostgreSQL servers accept encrypted connections only",
    severity="high",
    types=list(PARAMETERS),
    measures=["8.21.04", "8.24.04"],
    nis2="21(2)(h)",
    remediation="Set the parameter require_secure_transport to on.",
    absent="Azure has it on",
    passes=[{"configurationName": "require_secure_transport", "value": "on"}],
    fails=[{"configurationName": "require_secure_transport", "value": "off"}],
    not_applicable=_OTHER,
)
def encrypted_connections(parameter: Resource) -> Result:
    _only(parameter, "require_secure_transport")
    return None if parameter.flag("value", default=True) else "require_secure_transport is off"


@rule(
    "kade-postgresql-minimum-tls",
    "PostgreSQL servers refuse TLS below 1.2",
    severity="high",
    types=list(PARAMETERS),
    measures=["8.24.04"],
    nis2="21(2)(h)",
    remediation="Set the parameter ssl_min_protocol_version to TLSv1.2 or TLSv1.3.",
    absent="Azure has TLSv1.2",
    passes=[{"configurationName": "ssl_min_protocol_version", "value": "TLSv1.3"}],
    fails=[{"configurationName": "ssl_min_protocol_version", "value": "TLSv1"}],
    not_applicable=_OTHER,
)
def minimum_tls(parameter: Resource) -> Result:
    _only(parameter, "ssl_min_protocol_version")
    if parameter.tls("value", default=1.2) < 1.2:
        return f"ssl_min_protocol_version is {parameter.text('value')}"
    return None


@rule(
    "kade-postgresql-log-connections",
    "PostgreSQL servers log who connects",
    severity="low",
    types=list(PARAMETERS),
    measures=["8.15.01", "U.15.1"],
    nis2="21(2)(b)",
    checkov=["CKV_AZURE_31"],
    remediation="Set the parameter log_connections to on.",
    absent="Azure has it on",
    passes=[{"configurationName": "log_connections", "value": "on"}],
    fails=[{"configurationName": "log_connections", "value": "off"}],
    not_applicable=_OTHER,
)
def log_connections(parameter: Resource) -> Result:
    _only(parameter, "log_connections")
    return None if parameter.flag("value", default=True) else "log_connections is off"


@rule(
    "kade-postgresql-log-checkpoints",
    "PostgreSQL servers log their checkpoints",
    severity="low",
    types=list(PARAMETERS),
    measures=["8.15.01"],
    nis2="21(2)(b)",
    checkov=["CKV_AZURE_30"],
    remediation="Set the parameter log_checkpoints to on.",
    absent="Azure has it on",
    passes=[{"configurationName": "log_checkpoints", "value": "on"}],
    fails=[{"configurationName": "log_checkpoints", "value": "off"}],
    not_applicable=_OTHER,
)
def log_checkpoints(parameter: Resource) -> Result:
    _only(parameter, "log_checkpoints")
    return None if parameter.flag("value", default=True) else "log_checkpoints is off"


@rule(
    "kade-postgresql-connection-throttling",
    "PostgreSQL servers slow down who guesses passwords",
    severity="low",
    types=list(PARAMETERS),
    measures=["5.17.03"],
    nis2="21(2)(i)",
    checkov=["CKV_AZURE_32"],
    remediation="Set the parameter connection_throttle.enable (on a single server: connection_throttling) to on.",
    absent="Azure has it on for single servers, and off for flexible ones",
    passes=[
        {"configurationName": "connection_throttle.enable", "value": "on"},
        {"configurationName": "connection_throttling", "value": "ON"},
    ],
    fails=[{"configurationName": "connection_throttle.enable", "value": "off"}],
    not_applicable=_OTHER,
)
def connection_throttling(parameter: Resource) -> Result:
    _only(parameter, "connection_throttle.enable", "connection_throttling")
    return None if parameter.flag("value", default=True) else f"{parameter.text('configurationName')} is off"
