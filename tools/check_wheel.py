"""Build the wheel, install it in a fresh virtual environment outside the checkout, and use it there.

Dependencies come from the running environment, so that no network is needed beyond what building takes.

Run with: ``python -m tools.check_wheel``
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
NEEDED = [
    "dedup/py.typed", "dedup/data/background.txt.xz", "dedup/data/verdict.json", "dedup/data/align.json",
    "dedup/data/direction.json", "dedup/report/html/page.html.jinja",
]  # fmt: skip
USE = """
import dedup
assert {root!r} not in dedup.__file__, dedup.__file__
fog = "The ferry Aurelia ran aground in dense fog off Port Ellery on Monday with 214 people on board."
match = dedup.compare_pair(fog, fog + " Nobody was hurt.")
assert match.derived, match
print("the wheel works:", match.relation)
"""


def run(*command: str | Path, cwd: Path) -> None:
    """Run a command, and stop where it fails."""
    subprocess.run([str(part) for part in command], cwd=cwd, check=True)  # noqa: S603


def main() -> None:
    """Build, look inside, install, use."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=ROOT)
        [wheel] = folder.glob("*.whl")
        inside = zipfile.ZipFile(wheel).namelist()
        missing = [path for path in NEEDED if path not in inside]
        extra = [path for path in inside if not path.startswith(("dedup/", "dedup-"))]
        if missing or extra:
            sys.exit(f"the wheel lacks {missing} and has {extra} too much")
        environment = folder / "venv"
        venv.create(environment, with_pip=False)
        scripts = "Scripts" if sys.platform == "win32" else "bin"
        python = environment / scripts / "python"
        site = Path(
            subprocess.run(  # noqa: S603
                [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
                capture_output=True, text=True, check=True,
            ).stdout.strip()
        )  # fmt: skip
        zipfile.ZipFile(wheel).extractall(site)
        # behind the wheel's own files: the editable checkout of the running environment must not be found first
        (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
        run(python, "-c", USE.format(root=str(ROOT)), cwd=folder)


if __name__ == "__main__":
    main()
