"""The service starts by itself: here the tests have loaded every module before it does."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
START = "import wsgi; from sqlalchemy.orm import configure_mappers; configure_mappers()"


def test_the_service_starts_in_a_process_of_its_own(tmp_path: Path) -> None:
    environment = os.environ | {"APP_ENV": "test", "DATA_DIR": str(tmp_path)}

    subprocess.run([sys.executable, "-c", START], cwd=ROOT, env=environment, check=True, timeout=60)
