"""The store's migrations, run by alembic when a store is opened."""
