"""TagPack and ActorPack: labels of addresses, and the services behind them, as GraphSense's YAML files write them."""
