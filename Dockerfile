# The gateway as a small image: nothing in it but Python, the pinned packages, and this code. No secret is built in;
# the environment brings them when it runs.

# GraphiQL's files, from npm; their hashes are checked in the next stage.
FROM node:22-slim AS pages
WORKDIR /packages
RUN npm pack --silent graphiql@3.8.3 @graphiql/plugin-explorer@1.0.2 react@18.2.0 react-dom@18.2.0

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements-tools.txt requirements.txt ./
RUN pip install --quiet --require-hashes -r requirements-tools.txt \
    && uv venv --quiet /gateway \
    && uv pip install --quiet --python /gateway/bin/python --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY gateway gateway
COPY providers providers
COPY --from=pages /packages /packages
RUN python -m gateway.web.assets --from /packages \
    && uv pip install --quiet --python /gateway/bin/python --no-deps \
        --build-constraints requirements-tools.txt .

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home gateway && install -d -o gateway -m 700 /data
COPY --from=build /gateway /gateway
USER gateway
# The ledger of orders lies in the working directory unless DATABASE_URL says otherwise.
WORKDIR /data
VOLUME /data
ENV PATH=/gateway/bin:$PATH PYTHONUNBUFFERED=1 GATEWAY_HOST=0.0.0.0 GATEWAY_PORT=8000 GATEWAY_LOG_FORMAT=json
EXPOSE 8000
# Liveness only: a gateway without Redis or a supplier still answers, and /readyz says what it lacks.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"GATEWAY_PORT\"]}/healthz', timeout=2)"]
CMD ["sourcescout", "serve"]
