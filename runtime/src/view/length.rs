//! How many bytes vfio-pci takes a capability for, by `vfio_cap_len` and `vfio_ext_cap_len`; 0 hides it.
//!
//! These are the kernel's figures, not the specification's: a capability may go on after them.

use crate::kernel::Kernel;

/// Bytes of the PCI Express capability, version 2, with a link: 0x34, but mistyped in Linux 5.5, and mended in 7.0 (and in stable
/// kernels of March 2026).
const fn express_with_link(kernel: Kernel) -> u16 {
    let is_mistyped = (kernel.major == 5 && kernel.minor >= 5) || kernel.major == 6;
    if is_mistyped { 0x32 } else { 0x34 }
}

/// Since when DVSECs are shown.
const DVSEC_SINCE: Kernel = Kernel::new(6, 4);

/// The length of a conventional capability. `express` is the PCI Express Capabilities register of the function, `dword` reads at
/// an offset from the capability.
///
/// # Errors
/// When `dword` fails.
pub(super) fn conventional<E>(
    id: u8,
    kernel: Kernel,
    express: u16,
    mut dword: impl FnMut(u16) -> Result<u32, E>,
) -> Result<u16, E> {
    Ok(match id {
        0x01 | 0x03 => 8,
        0x02 | 0x11 => 12,
        0x05 => {
            let control = dword(0)? >> 16;
            10 + if control & 0x80 == 0 { 0 } else { 4 } + if control & 0x100 == 0 { 0 } else { 10 }
        }
        0x07 => {
            if dword(0)? >> 28 & 3 == 0 {
                8
            } else {
                24
            }
        }
        0x08 => {
            if dword(0)? >> 29 == 0 {
                28
            } else {
                24
            }
        }
        0x09 => bits(dword(0)?, 16, 0xff),
        0x10 => match (express & 0xf, express >> 4 & 0xf) {
            (1, 9) => 0x0c,
            (1, _) => 0x14,
            (_, 9) => 0x2c,
            _ => express_with_link(kernel),
        },
        0x12 => {
            if dword(4)? & 0xf == 0xf {
                16
            } else {
                8
            }
        }
        0x13 => 6,
        _ => 0,
    })
}

/// The length of an extended capability; `dword` reads at an offset from it.
///
/// # Errors
/// When `dword` fails.
pub(super) fn extended<E>(id: u16, kernel: Kernel, mut dword: impl FnMut(u16) -> Result<u32, E>) -> Result<u16, E> {
    Ok(match id {
        0x01 => 0x2c,
        0x02 | 0x08 | 0x09 => virtual_channel(dword(4)?, dword(8)?),
        0x03 => 12,
        0x04 | 0x13 => 16,
        0x0b => bits(dword(4)?, 20, 0xfff),
        0x0d => access_control(dword(4)?),
        0x0e | 0x0f | 0x18 => 8,
        0x10 => 0x40,
        0x12 => 40,
        0x15 => 4 + 8 * bits(dword(8)?, 5, 7),
        0x16 => 16 + bits(dword(4)?, 0, 0x1f) + 1,
        0x17 => {
            let capability = dword(4)?;
            // The steering tags are in it.
            if capability >> 9 & 3 == 1 { 12 + 2 * (bits(capability, 16, 0x7ff) + 1) } else { 12 }
        }
        0x23 if kernel >= DVSEC_SINCE => bits(dword(4)?, 20, 0xfff),
        _ => 0,
    })
}

/// A field of a dword; masks of at most 12 bits keep it in a u16.
const fn bits(dword: u32, shift: u32, mask: u16) -> u16 {
    (dword >> shift) as u16 & mask
}

/// Without port arbitration tables, wherever the arbitration table is said to be.
fn virtual_channel(port: u32, arbitration: u32) -> u16 {
    let phases: u16 = match arbitration {
        _ if arbitration & 8 != 0 => 128,
        _ if arbitration & 4 != 0 => 64,
        _ if arbitration & 2 != 0 => 32,
        _ => 0,
    };
    let length = 0x10 + 12 * (1 + bits(port, 0, 7));
    if phases == 0 { length } else { length.next_multiple_of(16) + phases / 2 }
}

fn access_control(capability: u32) -> u16 {
    if capability & 0x20 == 0 {
        return 8;
    }
    let size = bits(capability, 8, 0xff);
    8 + if size == 0 { 256 } else { size.next_multiple_of(32) } / 8
}

#[cfg(test)]
mod tests {
    use core::convert::Infallible;

    use super::*;
    use crate::capability::Space;

    fn zeros(_: u16) -> Result<u32, Infallible> {
        Ok(0)
    }

    fn ones(_: u16) -> Result<u32, Infallible> {
        Ok(u32::MAX)
    }

    #[test]
    fn what_a_kind_says_of_being_shown_is_so() {
        for kernel in [Kernel::new(6, 3), Kernel::new(6, 4), Kernel::LATEST] {
            for kind in Space::Extended.kinds() {
                let Ok(length) = extended(kind.id, kernel, ones);
                assert_eq!(length != 0, kind.is_shown(kernel), "ext {}", kind.name);
            }
            for kind in Space::Conventional.kinds() {
                let Ok(length) = conventional(kind.id as u8, kernel, 2, ones);
                assert_eq!(length != 0, kind.is_shown(kernel), "cap {}", kind.name);
            }
        }
    }

    #[test]
    fn an_express_endpoint_was_shorter_for_some_years() {
        for (kernel, length) in [((5, 4), 0x34), ((5, 5), 0x32), ((6, 19), 0x32), ((7, 0), 0x34), ((7, 3), 0x34)] {
            let kernel = Kernel::new(kernel.0, kernel.1);
            assert_eq!(conventional(0x10, kernel, 0x0002, zeros), Ok(length));
            assert_eq!(conventional(0x10, kernel, 0x0092, zeros), Ok(0x2c), "integrated, without a link");
        }
    }
}
