"""Airflow 3 over its REST API v2: DAGs as jobs, their runs as executions."""

from bot.adapters.platforms.airflow.kinds import KIND

__all__ = ["KIND"]
