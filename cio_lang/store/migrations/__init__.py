"""The steps by which older stores are brought up to date, for Alembic."""
