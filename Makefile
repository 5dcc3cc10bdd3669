.PHONY: run test format pins audit pictures benchmarks

run:
	python3 dev.py run

test:
	python3 dev.py test

format:
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

# After a change to a requirements*.in file. `make pins UPGRADE=--upgrade` takes newer versions too.
pins:
	for list in requirements requirements-dev requirements-node; do \
	  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make pins" $(UPGRADE) $$list.in --output-file $$list.txt || exit 1; \
	done

# Known vulnerabilities; asks the advisory services, so it is not part of the tests.
# --strict, or "none found" would be printed even when everything was skipped.
audit:
	.venv/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.txt
	npm audit --omit dev

# Makes docs/pictures again, from a fresh demonstration.
pictures:
	.venv/bin/python docs/take_pictures.py

# Measures the pages and writes docs/performance.md; takes some minutes on a quiet machine.
benchmarks:
	.venv/bin/python -m benchmarks --write
	.venv/bin/python -m benchmarks --database postgresql --write
