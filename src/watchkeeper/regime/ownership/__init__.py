"""When a regime counts an entity as owned by listed parties: one file a regime, each value with its source."""
