"""Real Prefect and Airflow for tests, demos and benchmarks, each in an environment of its own."""
