"""The command of the wheel: `cdk-imdsv2 check` leaves with its own exit codes, from a folder and for files whose names have spaces."""
import json
import pathlib
import subprocess
import sys
import tempfile

command = sys.argv[1]
folder = pathlib.Path(tempfile.mkdtemp(prefix="a b "))


def template(options):
    return json.dumps({"Resources": {"Host": {"Type": "AWS::EC2::Instance", "Properties": {"MetadataOptions": options}}}})


(folder / "clean.json").write_text(template({"HttpTokens": "required"}))
(folder / "open one.json").write_text(template({"HttpTokens": "optional"}))
(folder / "broken.yaml").write_text("Resources: {Host: {Type: AWS::EC2::Instance")

for name, code, said in [("clean.json", 0, "1 required"), ("open one.json", 1, "cdk-imdsv2::tokens"), ("broken.yaml", 2, "could not be read"), ("none.json", 2, "no such file")]:
    ran = subprocess.run([command, "check", name], cwd=folder, capture_output=True, text=True)
    assert ran.returncode == code, f"{name}: exit code {ran.returncode}, expected {code}\n{ran.stdout}{ran.stderr}"
    assert said in ran.stdout, f"{name}: expected '{said}' in\n{ran.stdout}{ran.stderr}"
print("python: cdk-imdsv2 check leaves with 0, 1 and 2")
