//! Who a function is, as far as lookup needs it. Config bytes cannot tell all of it.

use crate::setters::setters;

/// Whether a function is physical or virtual.
///
/// [`Signs`](crate::Signs) says what proves which; a VMM knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Function {
    /// Nobody said. Satisfies no `function` condition of a description.
    #[default]
    Unknown,
    /// A physical function.
    Physical,
    /// A virtual function: it has no PASID capability of its own.
    Virtual,
}

impl Function {
    /// Its name for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Physical => "physical",
            Self::Virtual => "virtual",
        }
    }
}

/// The identity of a function, by which descriptions are looked up.
///
/// A virtual function's raw vendor and device id read `0xffff`; its identity comes from sysfs or from the VMM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Identity {
    /// Vendor id, offset 0x00.
    pub vendor: u16,
    /// Device id, offset 0x02.
    pub device: u16,
    /// Subsystem vendor id and subsystem id, offsets 0x2c and 0x2e of a type 0 header.
    pub subsystem: Option<(u16, u16)>,
    /// Revision id, offset 0x08.
    pub revision: u8,
    /// Class code, 24 bits: base class, subclass, programming interface; offset 0x09.
    pub class: u32,
    /// Physical or virtual.
    pub function: Function,
}

impl Identity {
    /// A function by its ids; what else there is to it is added with the `with_` methods.
    ///
    /// ```
    /// use quirk_runtime::{Function, Identity};
    ///
    /// let gpu = Identity::new(0xfffe, 0x1001).with_class(0x03_0000).with_function(Function::Physical);
    /// assert_eq!((gpu.revision, gpu.subsystem), (0, None));
    /// ```
    #[must_use]
    pub const fn new(vendor: u16, device: u16) -> Self {
        Self { vendor, device, subsystem: None, revision: 0, class: 0, function: Function::Unknown }
    }

    setters! { Identity:
        with_vendor => vendor: u16,
        with_device => device: u16,
        with_subsystem => subsystem: Option<(u16, u16)>,
        with_revision => revision: u8,
        with_class => class: u32,
        with_function => function: Function,
    }

    /// The identity that the first 64 bytes of configuration space tell; [`Function::Unknown`], since they cannot tell that.
    #[must_use]
    pub fn from_header(header: &[u8; 64]) -> Self {
        let word = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let header_type = header[0x0e] & 0x7f;
        Self {
            vendor: word(0x00),
            device: word(0x02),
            subsystem: (header_type == 0).then(|| (word(0x2c), word(0x2e))),
            revision: header[0x08],
            class: u32::from_le_bytes([header[0x09], header[0x0a], header[0x0b], 0]),
            function: Function::Unknown,
        }
    }
}
