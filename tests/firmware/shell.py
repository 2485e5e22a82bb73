"""The command `pci` of the UEFI shell, on the serial line of a machine, with the escape sequences that it prints."""

import os
import shutil
import sys

from console import Machine, compare

program, emulator, image, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
shutil.copy(os.path.join(os.path.dirname(image), "OVMF_VARS_4M.fd"), f"{folder}/variables")
FLASH = "if=pflash,format=raw"
BOARD = [emulator, "-M", "q35,accel=tcg", "-m", "256"]
FIRMWARE = ["-drive", f"{FLASH},unit=0,readonly=on,file={image}", "-drive", f"{FLASH},unit=1,file={folder}/variables"]
DEVICES = ["-device", "pcie-root-port,id=above,chassis=1,addr=1", "-device", "e1000e,bus=above,romfile=", "-device", "pci-bridge,chassis_nr=2,addr=7"]
# The bridge is conventional: 256 bytes.
FUNCTIONS = {"01:00.0": 4096, "00:01.0": 4096, "00:07.0": 256}
PROMPT = rb"\n[^\n]*Shell> (\x1b\[[0-9;]*[mH])*$"

with Machine([*BOARD, *FIRMWARE, *DEVICES], folder) as machine:
    machine.until(rb"any other key")
    # Escape leaves nothing in the line.
    machine.type("\x1b")
    machine.until(PROMPT)
    expected = {address: machine.space(address)[:size] for address, size in FUNCTIONS.items()}
    compared = 0
    for option in ["", " -i"]:
        for address in FUNCTIONS:
            place = address.replace(":", " ").replace(".", " 0")
            machine.type(f"pci {place}{option}\r")
            path = f"{folder}/{address.replace(':', '-')}{option.replace(' ', '')}.txt"
            with open(path, "wb") as file:
                file.write(machine.until(PROMPT))
            compare(program, f"pci {place}{option}", path, {address: expected[address]})
            compared += 1
    with open(f"{folder}/machine.log", "wb") as file:
        file.write(machine.log)
    compare(program, "the log of the machine", f"{folder}/machine.log", expected)
print(f"firmware: UEFI shell: {compared} outputs of `pci` and a log of them read back")
