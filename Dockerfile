# The repository is mounted at /repository: docker run --rm -v "$PWD:/repository:ro" immichlint
FROM python:3.13-slim AS build
COPY . /source
RUN python -m venv /opt/immichlint \
 && /opt/immichlint/bin/pip install --no-cache-dir --quiet /source \
 && /opt/immichlint/bin/pip uninstall --quiet --yes pip

FROM python:3.13-slim
COPY --from=build /opt/immichlint /opt/immichlint
ENV PATH=/opt/immichlint/bin:$PATH PYTHONDONTWRITEBYTECODE=1
USER 65532:65532
WORKDIR /repository
ENTRYPOINT ["immichlint"]
