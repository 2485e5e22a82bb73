"""U-Boot's `pci display` on the serial line of a board, in bytes, words and longs."""

import subprocess
import sys

from console import Machine, compare

program, emulator, image, folder = sys.argv[1:]
FUNCTIONS = ["00:01.0", "00:05.0", "01:00.0"]
BOARD = [emulator, "-M", "virt", "-cpu", "cortex-a57", "-m", "256", "-bios", image]
DEVICES = ["-device", "pcie-root-port,id=above,chassis=1", "-device", "igb,bus=above", "-device", "nvme,serial=a,drive=disk,addr=5"]
DISK = ["-drive", "if=none,id=disk,driver=null-co,size=1M"]
PROMPT = rb"\n=> $"


def with_network_card():
    """The first card that this QEMU has; an `igb` has SR-IOV too."""
    known = subprocess.run([emulator, "-device", "help"], stdout=subprocess.PIPE, check=True).stdout
    card = "igb" if b'"igb"' in known else "e1000e"
    return [word.replace("igb", card) for word in DEVICES]


with Machine([*BOARD, *with_network_card(), *DISK], folder) as machine:
    machine.until(rb"autoboot")
    machine.type("\n")
    machine.until(PROMPT)
    machine.type("pci enum\n")
    machine.until(PROMPT)
    expected = {address: machine.space(address) for address in FUNCTIONS}
    compared = 0
    for command, count in [("display.b", 0x1000), ("display.w", 0x800), ("display.l", 0x400), ("display", 0x400), ("d.l", 0x400)]:
        console = b""
        for address in FUNCTIONS:
            place = ".".join(f"{int(part, 16):x}" for part in address.replace(":", ".").split("."))
            machine.type(f"pci {command} {place} 0 {count:x}\n")
            console += b"=> " + machine.until(PROMPT)
        path = f"{folder}/{command}.txt"
        with open(path, "wb") as file:
            file.write(console)
        compare(program, f"pci {command}", path, expected)
        compared += len(FUNCTIONS)
    # All of it, as a log of the board has it: banner, lists, and each function more than once.
    with open(f"{folder}/board.log", "wb") as file:
        file.write(machine.log)
    compare(program, "the log of the board", f"{folder}/board.log", expected)
    banner = next(line for line in machine.log.decode(errors="replace").splitlines() if line.startswith("U-Boot"))
print(f"firmware: {' '.join(banner.split()[:2])}: {compared} outputs of `pci display` and a log of them read back")
