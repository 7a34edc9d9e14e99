"""What an estate costs: from its resources to meters, and from meters to the prices of a file that names its source.

`kade.cost.meters` says for each type of resource what is paid for; `kade.cost.prices` reads the price file and finds
the price of a meter; `kade.cost.retail` makes that file from the public Azure Retail Prices API; `kade.cost.costing`
adds up. No price is shipped: without a file every line says that there is none.
"""
