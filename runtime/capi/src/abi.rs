//! The types that C and this library share. They are plain data: integers, pointers and functions, for which all bits 0 is a
//! value. What a value means is checked where it is used.

use std::ffi::{c_char, c_void};

/// How the library reaches a device. All functions are needed.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct QuirkOps {
    /// `sizeof(struct quirk_ops)`
    pub struct_size: usize,
    /// Bytes of configuration space: 64, 256 or 4096. Asked once, by `quirk_attach`.
    pub size: Option<unsafe extern "C" fn(opaque: *mut c_void) -> usize>,
    /// Fills `buffer` with `length` bytes from `offset`, in one access if `length` is 1, 2 or 4. The number of bytes read, as
    /// `pread` has it, or a negative number. Anything but `length` is a failed read.
    pub read:
        Option<unsafe extern "C" fn(opaque: *mut c_void, offset: u16, buffer: *mut c_void, length: usize) -> isize>,
    /// Writes `length` bytes of `data` from `offset`; as `read` otherwise.
    pub write:
        Option<unsafe extern "C" fn(opaque: *mut c_void, offset: u16, data: *const c_void, length: usize) -> isize>,
}

/// Who a function is. Of a virtual function the ids come from sysfs, since its configuration space has none.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct QuirkIdentity {
    /// `sizeof(struct quirk_function_id)`
    pub struct_size: usize,
    /// Vendor id.
    pub vendor: u16,
    /// Device id.
    pub device: u16,
    /// Subsystem vendor id.
    pub subsystem_vendor: u16,
    /// Subsystem id.
    pub subsystem_device: u16,
    /// Class code: base class, subclass, programming interface, 24 bits.
    pub class_code: u32,
    /// Revision id.
    pub revision: u8,
    /// 1 if the two subsystem ids are known, else 0.
    pub has_subsystem: u8,
    /// `enum quirk_function_kind`
    pub kind: u8,
    /// 0
    pub reserved: u8,
}

/// What the host can do with the device's PASIDs: two fields of `struct iommu_hw_info`, as `IOMMU_GET_HW_INFO` answers. Set
/// both to 0 before the ioctl, since kernels before 6.15 leave them alone.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct QuirkHost {
    /// `sizeof(struct quirk_host)`
    pub struct_size: usize,
    /// `out_capabilities`
    pub out_capabilities: u64,
    /// `out_max_pasid_log2`: 0 if the device has no PASID.
    pub out_max_pasid_log2: u8,
    /// 0
    pub reserved: [u8; 7],
}

/// `start <= byte < end`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct QuirkRange {
    /// The first byte.
    pub start: u16,
    /// The byte after the last one.
    pub end: u16,
}

/// A window of a BAR.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct QuirkWindow {
    /// First byte in the BAR.
    pub offset: u64,
    /// Bytes.
    pub length: u64,
    /// BAR number, 0 to 5.
    pub bar: u8,
    /// 0
    pub reserved: [u8; 7],
}

/// A window of a BAR that shows configuration space.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct QuirkMirror {
    /// First byte in the BAR.
    pub offset: u64,
    /// Bytes.
    pub length: u32,
    /// The byte of configuration space that the window's first byte shows.
    pub config_offset: u16,
    /// BAR number, 0 to 5.
    pub bar: u8,
    /// 0
    pub reserved: u8,
}

/// A capability that the kernel hides and the caller knows.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct QuirkHidden {
    /// Its id.
    pub id: u16,
    /// Where its header is.
    pub offset: u16,
    /// Its bytes; 0 for what its kind needs at most.
    pub length: u16,
    /// Its capability version.
    pub version: u8,
    /// 0
    pub reserved: u8,
}

/// A layer's parameter.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct QuirkParam {
    /// Its name.
    pub name: *const c_char,
    /// For `param NAME: bytes(N)`, the bytes; else NULL.
    pub bytes: *const c_void,
    /// How many bytes.
    pub length: usize,
    /// For `param NAME: uN`, the number; else 0.
    pub number: u64,
}

/// A layer that is switched on.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct QuirkLayer {
    /// Its name.
    pub name: *const c_char,
    /// Its parameters; NULL for none.
    pub params: *const QuirkParam,
    /// How many.
    pub param_count: usize,
}

/// `offset` of the policy counts: PASID goes there or nowhere.
pub(crate) const QUIRK_POLICY_AT_OFFSET: u32 = 0x01;
/// `viommu_width` of the policy counts.
pub(crate) const QUIRK_POLICY_VIOMMU_WIDTH: u32 = 0x02;
/// The last 8 bytes may be used, if they read 0.
pub(crate) const QUIRK_POLICY_TAIL: u32 = 0x04;
/// The physical function's own, hidden capability is never used unless a description lists it.
pub(crate) const QUIRK_POLICY_NEVER_NATIVE: u32 = 0x08;
/// The VMM traps every window that `quirk_mirror_at` tells.
pub(crate) const QUIRK_POLICY_TRAPS_MIRRORS: u32 = 0x10;
/// A free-space DVSEC that was used is shown to the guest as what is left of it.
pub(crate) const QUIRK_POLICY_EXPOSE_FREE_SPACE: u32 = 0x20;

/// What a VMM or its operator decides. All 0, but for `struct_size`: nothing is opted in and nothing limited.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct QuirkPolicy {
    /// `sizeof(struct quirk_policy)`
    pub struct_size: usize,
    /// `QUIRK_POLICY_..`
    pub flags: u32,
    /// Sources that must not place PASID.
    pub excluded_sources: u32,
    /// With `QUIRK_POLICY_AT_OFFSET`.
    pub offset: u16,
    /// With `QUIRK_POLICY_VIOMMU_WIDTH`: the vIOMMU's PASID width, 0 if it has no PASID.
    pub viommu_width: u8,
    /// `enum quirk_evidence_level`: the weakest with which a declared free range counts.
    pub least_evidence: u8,
    /// 0
    pub reserved: u32,
    /// PASID goes into one of these, or nowhere; NULL does not say.
    pub ranges: *const QuirkRange,
    /// How many.
    pub range_count: usize,
    /// The profile to impose; NULL for none.
    pub profile: *const c_char,
    /// Layers that are switched on.
    pub layers: *const QuirkLayer,
    /// How many.
    pub layer_count: usize,
    /// Names of layers that are switched off.
    pub disabled_layers: *const *const c_char,
    /// How many.
    pub disabled_layer_count: usize,
    /// Windows of BARs that the VMM traps.
    pub windows: *const QuirkWindow,
    /// How many.
    pub window_count: usize,
    /// Bytes of configuration space that the VMM emulates itself.
    pub vmm_owned: *const QuirkRange,
    /// How many.
    pub vmm_owned_count: usize,
    /// Capabilities that the kernel hides and the caller knows.
    pub hidden: *const QuirkHidden,
    /// How many.
    pub hidden_count: usize,
}

/// A state that `quirk_save` wrote.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct QuirkSaved {
    /// The bytes.
    pub data: *const c_void,
    /// How many.
    pub length: usize,
}

/// `pasid_control` of the effects counts.
pub(crate) const QUIRK_EFFECT_PASID_CONTROL: u32 = 0x1;
/// `ats_control` of the effects counts.
pub(crate) const QUIRK_EFFECT_ATS_CONTROL: u32 = 0x2;
/// `pri_control` of the effects counts.
pub(crate) const QUIRK_EFFECT_PRI_CONTROL: u32 = 0x4;
/// The guest started a function level reset. What is emulated is reset already.
pub(crate) const QUIRK_EFFECT_FUNCTION_RESET: u32 = 0x8;
/// `power_from` and `power_to` of the effects count.
pub(crate) const QUIRK_EFFECT_POWER_STATE: u32 = 0x10;
/// The change of the power state resets the function. What is emulated is reset already.
pub(crate) const QUIRK_EFFECT_POWER_RESET: u32 = 0x20;
/// Something that this version of the structure has no field for.
pub(crate) const QUIRK_EFFECT_OTHER: u32 = 0x80000000;

/// What the VMM must do after a write.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QuirkEffects {
    /// `QUIRK_EFFECT_..`; 0 if there is nothing to do.
    pub kinds: u32,
    /// The PASID control register: bit 0 enable, bit 1 execute, bit 2 privileged.
    pub pasid_control: u16,
    /// The ATS control register: bit 15 enable, bits 4:0 the smallest translation unit.
    pub ats_control: u16,
    /// The page request control register: bit 0 enable, bit 1 reset.
    pub pri_control: u16,
    /// The power state before: 0 to 3 for D0 to D3hot.
    pub power_from: u8,
    /// The power state after.
    pub power_to: u8,
    /// 0
    pub reserved: [u16; 10],
}

/// `memory_space` of the intent counts.
pub(crate) const QUIRK_INTENT_MEMORY_SPACE: u32 = 0x1;
/// The write resets the function, in whatever way.
pub(crate) const QUIRK_INTENT_RESETS: u32 = 0x2;

/// What a write would do.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QuirkIntent {
    /// What `quirk_write` would report.
    pub effects: QuirkEffects,
    /// `QUIRK_INTENT_..`
    pub kinds: u32,
    /// Memory Space Enable, as the guest writes it.
    pub memory_space: u8,
    /// 0
    pub reserved: [u8; 11],
}

/// Why a call failed, in words.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct QuirkError {
    /// UTF-8, ended by a NUL, cut off if it is too long; empty after a call that did not fail.
    pub text: [c_char; 1024],
}
