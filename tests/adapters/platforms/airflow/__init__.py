"""The Airflow platform against a fake that is as strict as the real one, and the real one."""
