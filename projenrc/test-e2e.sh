#!/usr/bin/env bash
# Deploys to a local AWS with the real CDK CLI: starts it on loopback, without Docker and without an account, and stops it
# whatever happens. Any arguments go to jest, such as: -t 'two regions'. Without any, and with Rust, test-guard.sh follows.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
  { echo 'error: Python 3.10 or newer is missing: without it there is no local AWS to deploy to' >&2; exit 1; }

scratch=$(mktemp -d)
export TMPDIR=$scratch
pids=()
# Each server leads a process group, so that the functions it runs end with it.
set -m
stop() {
  for pid in "${pids[@]}"; do kill -- "-$pid" 2>/dev/null || true; done
  sleep 1
  # ministack may wait for a thread that never ends.
  for pid in "${pids[@]}"; do kill -KILL -- "-$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$scratch"
}
trap stop EXIT

python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check -r test/e2e/requirements.txt
read -r port ec2_port < <(python3 - <<'PORTS'
import socket
sockets = [socket.socket() for _ in range(2)]
for one in sockets:
    one.bind(("127.0.0.1", 0))
print(*[one.getsockname()[1] for one in sockets])
PORTS
)

export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_ENDPOINT_URL_EC2=http://127.0.0.1:$ec2_port
export AWS_ACCESS_KEY_ID=000000000000 AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
export E2E_CONTROL=$scratch/control.json E2E_LOG=$scratch/cloud.log CDK_DISABLE_CLI_TELEMETRY=true
unset AWS_PROFILE AWS_SESSION_TOKEN
(cd test/e2e/aws && exec "$scratch/venv/bin/python" ec2.py "$ec2_port" "$scratch/kill") >"$scratch/ec2.log" 2>&1 &
pids+=($!)
(cd "$scratch" && BIND_HOST=127.0.0.1 MINISTACK_HOST=127.0.0.1 GATEWAY_PORT=$port LAMBDA_EXECUTOR=local IOT_MTLS_ENABLED=0 PYTHONPATH=$root/test/e2e/aws \
  exec "$scratch/venv/bin/python" "$root/test/e2e/aws/cloud.py" "$scratch/kill") >"$E2E_LOG" 2>&1 &
pids+=($!)
npx jest --runInBand "$@" --testMatch '<rootDir>/test/e2e/**/*.e2e.ts' || { tail -n 60 "$E2E_LOG" >&2; exit 1; }
[ $# -gt 0 ] && exit
if command -v cargo >/dev/null; then projenrc/test-guard.sh; else echo 'left out: test-guard.sh, as cargo is missing' >&2; fi
