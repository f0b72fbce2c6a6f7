"""
moto's server with the EC2 of ec2.py, whose Step Functions run the fleet's real functions: each call is a Node process with the
bundle, as Lambda would start it.

Arguments: the port, the bundle's index.js.

It counts the calls to EC2 in `fleet-calls.log` beside the control file, throttles them and kills functions as control.py is told:
`throttle` of three calls to EC2 one is refused; `dies` names a function, an account and a region that never answers; `deaths`
counts functions that are killed right after EC2 has changed an instance for them.
"""
import json
import os
import signal
import subprocess
import sys
import threading
from datetime import datetime

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.responses import EC2Response
from moto.ec2.utils import filter_dict_attribute_mapping
from moto.server import main
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.models import Execution

import control
import ec2  # noqa: F401, it extends moto's EC2

filter_dict_attribute_mapping["metadata-options.http-tokens"] = "metadata_options.http_tokens"
filter_dict_attribute_mapping["metadata-options.state"] = "metadata_options.state"
# A state machine is copied with its executions, which hold locks.
Execution.__deepcopy__ = lambda self, memo: self

CALLS = os.path.join(os.path.dirname(os.environ["E2E_CONTROL"]), "fleet-calls.log")
COUNT = {"calls": 0}
LOCK = threading.Lock()


def counted(action: str):
    original = getattr(EC2Response, action)

    def call(self):
        with LOCK:
            COUNT["calls"] += 1
            throttled = control.read().get("throttle", False) and COUNT["calls"] % 3 == 0
            with open(CALLS, "a", encoding="utf8") as file:
                file.write(f"{datetime.now().isoformat()} {action} {self.current_account} {self.region} {throttled}\n")
        if throttled:
            raise EC2ClientError("RequestLimitExceeded", "Request limit exceeded.")
        if action == "modify_instance_metadata_options" and self._get_bool_param("DryRun"):
            self.ec2_backend.modify_instance_metadata_options(
                self._get_param("InstanceId"), http_tokens=self._get_param("HttpTokens"), dry_run=True)
        answer = original(self)
        if action == "modify_instance_metadata_options" and control.take("deaths"):
            for process in RUNNING.get(f"change {self.current_account}/{self.region}", []):
                os.kill(process.pid, signal.SIGKILL)
        return answer

    setattr(EC2Response, action, call)


for name in ("describe_instances", "describe_regions", "modify_instance_metadata_options", "get_instance_metadata_defaults"):
    counted(name)

_create_launch_template_version = EC2Response.create_launch_template_version


def create_launch_template_version(self):
    """A version that is made from another one has what that one has; options that are named take the place of its."""
    source, original = self._get_param("SourceVersion"), LaunchTemplate.create_version
    if source:
        base = self.ec2_backend.get_launch_template(self._get_param("LaunchTemplateId")).get_version(source).data
        LaunchTemplate.create_version = lambda template, data, description: original(template, {**base, **data}, description)
    try:
        return _create_launch_template_version(self)
    finally:
        LaunchTemplate.create_version = original


EC2Response.create_launch_template_version = create_launch_template_version

RUN = """
const [bundle, name] = process.argv.slice(1);
const end = Date.now() + 900000;
require(bundle)[name](JSON.parse(require('fs').readFileSync(0, 'utf8')), { getRemainingTimeInMillis: () => end - Date.now() }).then(
  (answer) => process.stdout.write(JSON.stringify(answer ?? null)),
  (error) => { process.stdout.write(JSON.stringify({ errorMessage: error.message, errorType: error.name })); process.exitCode = 1; },
);
"""
DEAD = {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": {"errorMessage": "Runtime exited", "errorType": "Runtime.ExitError"}}
# The processes of the functions that run, by function, account and region.
RUNNING: dict = {}


def invoke(parameters: dict, region: str, state_credentials) -> dict:
    name = parameters["FunctionName"].split(":")[-1]
    event = parameters["Payload"]
    target = json.loads(event).get("target", {})
    what = f"{name} {target.get('account')}/{target.get('region')}"
    # A function that dies says nothing.
    if control.read().get("dies") == what:
        return DEAD
    with subprocess.Popen(["node", "-e", RUN, sys.argv[2], name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        RUNNING.setdefault(what, []).append(process)
        stdout, stderr = process.communicate(event)
        RUNNING[what].remove(process)
    sys.stderr.buffer.write(stderr)
    if process.returncode < 0:
        return DEAD
    answer = {"StatusCode": 200, "Payload": json.loads(stdout or "null")}
    if process.returncode != 0:
        answer["FunctionError"] = "Unhandled"
    return answer


lambda_eval_utils._invoke_lambda_function = invoke

if __name__ == "__main__":
    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
