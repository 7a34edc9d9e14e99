"""A key of one application's own: who ends the application can destroy its data by destroying the key."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from kade.components.arguments import normalise
from kade.components.landing_zone.key_vault import KeyVault, KeyVaultArgs, VaultKeyArgs
from kade.components.landing_zone.roles import assign_role
from kade.components.workload.identity import identity_of
from kade.components.workload.place import OwnKeyArgs, PlaceArgs
from kade.components.workload.private_endpoint import private_endpoint


@dataclass
class DataKeyArgs:
    """Arguments of `DataKey`."""

    place: PlaceArgs
    tenant_id: str
    premium: bool = True
    """Keys in hardware (FIPS 140-3 level 3)."""
    rotation_days: int = 365
    """Days after which a new version is made, 28 at least."""
    retention_days: int = 90
    """Days that a deleted vault or key can be brought back, 7 to 90."""


class DataKey(pulumi.ComponentResource):
    """A closed key vault with one key, and the identity with which stores use it."""

    key_uri: pulumi.Output[str]
    vault_id: pulumi.Output[str]
    identity_id: pulumi.Output[str]
    identity_client_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: DataKeyArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(DataKeyArgs, args)
        super().__init__("kade:index:DataKey", name, None, opts)
        place, here = args.place, pulumi.ResourceOptions(parent=self)
        self.identity = identity_of(self, name, place, "data")
        vault = KeyVaultArgs(
            names=place.names,
            resource_group_name=place.resource_group_name,
            location=place.location,
            tenant_id=args.tenant_id,
            workload=place.short or place.workload,
            premium=args.premium,
            retention_days=args.retention_days,
            keys={"data": VaultKeyArgs(args.rotation_days)},
            workspace_id=place.workspace_id,
            tags=place.tags,
        )
        self.vault = KeyVault(f"{name}-vault", vault, here)
        self.use = assign_role(
            f"{name}-use",
            scope=self.vault.id,
            role="Key Vault Crypto Service Encryption User",
            principal_id=self.identity.principal_id,
            principal_type="ServicePrincipal",
            key=pulumi.Output.concat(place.resource_group_name, "/", place.workload, "/data"),
            description="Wraps the keys with which the data is encrypted",
            opts=here,
        )
        self.endpoint = private_endpoint(self, name, place, "kluis", self.vault.id, "key_vault")
        # Who reads the identity's id from here can use the key: the role comes first.
        self.identity_id = pulumi.Output.all(self.identity.id, self.use.id).apply(lambda made: made[0])
        self.identity_client_id = self.identity.client_id
        self.vault_id = self.vault.id
        self.key_uri = self.vault.key_ids.apply(_data)
        self.register_outputs(
            {
                "keyUri": self.key_uri,
                "vaultId": self.vault_id,
                "identityId": self.identity_id,
                "identityClientId": self.identity_client_id,
            }
        )

    @property
    def own_key(self) -> OwnKeyArgs:
        """As the arguments of a store take it."""
        return OwnKeyArgs(self.key_uri, self.vault_id, self.identity_id, self.identity_client_id)


def _data(keys: Mapping[str, str]) -> str:
    return keys["data"]
