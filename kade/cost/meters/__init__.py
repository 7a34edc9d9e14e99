"""What is paid for, type by type. Importing this package fills `kade.cost.model.PRICED`.

Which service, product, sku and meter of the price list belongs to what was taken from Infracost's mappings for Azure
(github.com/infracost/infracost, ``internal/resources/azure``, read on 2026-11-25) and from Azure's pricing pages.
"""

from kade.cost.meters import compute, data, integration, network, operations

__all__ = ["compute", "data", "integration", "network", "operations"]
