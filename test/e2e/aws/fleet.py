"""
moto's server with the EC2 of ec2.py, whose Step Functions run the fleet's real functions: each call is a Node process with the
bundle, as Lambda would start it.

Arguments: the port, the bundle's index.js.
"""
import json
import os
import subprocess
import sys

from moto.ec2.utils import filter_dict_attribute_mapping
from moto.server import main
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils

import control
import ec2  # noqa: F401, it extends moto's EC2

filter_dict_attribute_mapping["metadata-options.http-tokens"] = "metadata_options.http_tokens"

RUN = """
const [bundle, name] = process.argv.slice(1);
const end = Date.now() + 900000;
require(bundle)[name](JSON.parse(require('fs').readFileSync(0, 'utf8')), { getRemainingTimeInMillis: () => end - Date.now() }).then(
  (answer) => process.stdout.write(JSON.stringify(answer ?? null)),
  (error) => { process.stdout.write(JSON.stringify({ errorMessage: error.message, errorType: error.name })); process.exitCode = 1; },
);
"""


def invoke(parameters: dict, region: str, state_credentials) -> dict:
    name = parameters["FunctionName"].split(":")[-1]
    event = parameters["Payload"]
    target = json.loads(event).get("target", {})
    # A function that dies says nothing.
    if name == "inspect" and control.read().get("dies") == f"{target['account']}/{target['region']}":
        return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": {"errorMessage": "Runtime exited", "errorType": "Runtime.ExitError"}}
    process = subprocess.run(["node", "-e", RUN, sys.argv[2], name], input=event, capture_output=True, check=False, env=os.environ)
    sys.stderr.buffer.write(process.stderr)
    answer = {"StatusCode": 200, "Payload": json.loads(process.stdout or "null")}
    if process.returncode != 0:
        answer["FunctionError"] = "Unhandled"
    return answer


lambda_eval_utils._invoke_lambda_function = invoke

if __name__ == "__main__":
    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
