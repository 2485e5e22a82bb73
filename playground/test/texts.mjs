// A description and a function of its own, made here.

// With a slip that has a safe fix, and not formatted.
export const SLIP = `edition 1;
device tuner {
    name "Example Tuner";
    match pci(0xfffe, 0x7101);
    layout {
        cap pcie @ 0x40;
        ext aer @ 0x100;
          ext ats @ 0x1c0;
        ext acs @ 0x2a0;
    }
    free @ 0x400..0x480 { evidence vendor "a letter"; }
    pasid { place free; max_widht 18; execute host; }
}
test "in the free bytes" {
    given device tuner;
    host pasid width 20 execute;
    expect pasid @ 0x400 width 18;
}
`;

// The bytes of a function that it describes: list and bodies in the order of their offsets.
function bytes() {
  const space = Buffer.alloc(4096);
  const dwords = {
    0x00: 0x7101fffe, 0x04: 0x00100006, 0x08: 0x12000001, 0x10: 0xfebf0004, 0x2c: 0x0001fffe, 0x34: 0x40,
    0x40: 0x00020010, 0x44: 0x10008fe2,
    0x100: 0x1c020001, 0x1c0: 0x2a01000f, 0x1c4: 0x00000060, 0x2a0: 0x0001000d, 0x2a4: 0x0000005f,
    0x700: 0xdeadbeef,
  };
  for (const [at, dword] of Object.entries(dwords)) space.writeUInt32LE(dword >>> 0, Number(at));
  return space;
}

// As lspci prints it, among other text.
export function dump() {
  const rows = [];
  const space = bytes();
  for (let at = 0; at < space.length; at += 16) {
    const row = [...space.subarray(at, at + 16)].map((byte) => byte.toString(16).padStart(2, "0"));
    rows.push(`${at.toString(16).padStart(2, "0")}: ${row.join(" ")}`);
  }
  return `noise before\n\n04:00.0 Multimedia controller: Example Corp. Example Tuner (rev 01)\n${rows.join("\n")}\n\nnoise after\n`;
}

export { bytes };
