"""Shows every package that dnf is about to install to `forewarn check`, before the transaction.

A plugin of dnf 4; belongs into the folder `dnf-plugins` of Python's packages. Settings are those of the hook of apt, in the
environment or in /etc/default/forewarn. dnf 5 tells its actions no path of the downloaded file, so that there is none for it.
"""

import os
import subprocess

import dnf
import dnf.exceptions
import dnf.transaction

SETTINGS = {"FOREWARN": "forewarn", "FOREWARN_KEYS": "", "FOREWARN_STOP": "2", "FOREWARN_ON_FAILURE": "go"}


def settings(path):
    """What the file sets, then the environment."""
    found = dict(SETTINGS)
    try:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                name, sign, value = line.strip().partition("=")
                if sign and name in SETTINGS:
                    found[name] = value.strip("\"'")
    except OSError:
        pass
    found.update({name: os.environ[name] for name in SETTINGS if name in os.environ})
    return found


class Forewarn(dnf.Plugin):
    """Stops the transaction where a package must not be installed."""

    name = "forewarn"

    def __init__(self, base, cli):
        super().__init__(base, cli)
        self.base = base

    def pre_transaction(self):
        """Called once everything is downloaded."""
        known = settings(os.environ.get("FOREWARN_SETTINGS", "/etc/default/forewarn"))
        refused = []
        for item in self.base.transaction:
            if item.action in dnf.transaction.FORWARD_ACTIONS:
                path = item.pkg.localPkg()
                if not self.may_go(path, known):
                    refused.append(os.path.basename(path))
        if refused:
            raise dnf.exceptions.Error("forewarn: not to be installed before somebody has looked: " + ", ".join(refused))

    @staticmethod
    def may_go(path, known):
        """Whether one package may be installed."""
        command = [known["FOREWARN"], "check"]
        if known["FOREWARN_KEYS"]:
            command += ["--keys", known["FOREWARN_KEYS"]]
        try:
            status = subprocess.run(command + ["--", path], stdin=subprocess.DEVNULL, check=False).returncode
        except OSError as error:
            print(f"forewarn: {path} was not checked: {error}")
            return known["FOREWARN_ON_FAILURE"] != "stop"
        if status >= 64 or status < 0:
            print(f"forewarn: {path} was not checked (status {status})")
            return known["FOREWARN_ON_FAILURE"] != "stop"
        return status < int(known["FOREWARN_STOP"])
