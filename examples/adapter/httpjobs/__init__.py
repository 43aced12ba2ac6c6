"""Jobs of a plain HTTP runner: what its entry point names."""

from httpjobs.platform import HttpJobs
from httpjobs.settings import HttpJobsSettings
from jobthread.platforms import Surroundings
from jobthread.rest import Bearer, Bounds, Nobody, Rest


class HttpJobsKind:
    """`type: httpjobs` in `platforms.yaml`."""

    settings = HttpJobsSettings

    def open(self, name: str, settings: HttpJobsSettings, surroundings: Surroundings) -> HttpJobs:
        token = settings.token
        credentials = Bearer(read=lambda: surroundings.secret(token)) if token else Nobody()
        bounds = Bounds(read=settings.patience, total=settings.patience)
        rest = Rest(
            name, settings.url, now=surroundings.now, credentials=credentials, bounds=bounds
        )
        return HttpJobs(name, rest)


KIND = HttpJobsKind()
