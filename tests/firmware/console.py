"""A machine of QEMU with a serial console, and the configuration spaces that QEMU has in its memory."""

import json
import os
import re
import select
import socket
import subprocess
import time


class Machine:
    """Runs until it is closed; `log` is all that its console printed."""

    def __init__(self, command, folder):
        os.makedirs(folder, exist_ok=True)
        monitor, self.control = socket.socketpair()
        monitor.set_inheritable(True)
        serial = ["-serial", "stdio", "-display", "none", "-nodefaults"]
        control = ["-chardev", f"socket,id=control,fd={monitor.fileno()}", "-mon", "chardev=control,mode=control"]
        self.process = subprocess.Popen(
            [*command, *serial, *control],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=open(f"{folder}/qemu.log", "wb"),
            bufsize=0,
            pass_fds=[monitor.fileno()],
        )
        monitor.close()
        self.log = b""
        self.replies = self.control.makefile("rb")
        self.replies.readline()
        self.ask("qmp_capabilities")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def ask(self, command, **arguments):
        """What the monitor answers."""
        self.control.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        while True:
            reply = json.loads(self.replies.readline())
            if "return" in reply or "error" in reply:
                return reply.get("return")

    def monitor(self, line):
        return self.ask("human-monitor-command", **{"command-line": line})

    def until(self, mark, seconds=240):
        """Reads the console up to a mark, and returns what was new."""
        start, end = len(self.log), time.monotonic() + seconds
        while not re.search(mark, self.log[start:]):
            left = end - time.monotonic()
            if left < 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise SystemExit(f"firmware: {mark!r} did not come within {seconds} s, after {self.log[-300:]!r}")
            new = os.read(self.process.stdout.fileno(), 1 << 16)
            if not new:
                raise SystemExit(f"firmware: the machine ended after {self.log[-300:]!r}")
            self.log += new
        return self.log[start:]

    def type(self, text):
        """A person types no faster than a console reads."""
        for letter in text:
            self.process.stdin.write(letter.encode())
            time.sleep(0.004)

    def enhanced(self):
        """Where the processor's memory has configuration spaces."""
        found = re.search(r"^ +([0-9a-f]{16})-[0-9a-f]{16} .*pcie-(?:mmcfg-mmio|ecam)", self.monitor("info mtree -f"), re.M)
        return int(found.group(1), 16)

    def space(self, address):
        """The 4096 bytes of a function, as QEMU has them; the address is `bb:dd.f`."""
        bus, device, function = (int(part, 16) for part in re.split("[:.]", address))
        at = self.enhanced() + (bus << 20 | device << 15 | function << 12)
        lines = self.monitor(f"xp /4096bx {at:#x}").splitlines()
        return bytes(int(byte, 16) for line in lines for byte in line.split(":")[1].split())


def read_back(program, console):
    """The bytes of each function that `quirkc` finds in a console, by address."""
    map_ = subprocess.run([program, "map", "--bare", "--view", "raw", "--format", "json", console], stdout=subprocess.PIPE, check=True)
    functions = json.loads(map_.stdout)["functions"]
    found = {}
    for function in functions:
        address = re.search(r"([0-9a-f]{2}:[0-9a-f]{2}\.[0-7])", function["title"]).group(1)
        assert address not in found, f"{address} is there twice"
        found[address] = b"".join(bytes.fromhex(region["bytes"]) for region in function["states"][0]["regions"])
    return found


def compare(program, name, console, expected):
    """Fails unless the console reads back as these spaces."""
    found = read_back(program, console)
    assert found.keys() == expected.keys(), (name, found.keys(), expected.keys())
    for address, bytes_ in expected.items():
        differ = [at for at, (one, other) in enumerate(zip(found[address], bytes_)) if one != other]
        assert len(found[address]) == len(bytes_) and not differ, f"{name}: {address} differs at {differ[:8]}"
