"""FollowTheMoney (FtM) entities as JSON lines: their reader, its card, and the part of the model that is in use."""
