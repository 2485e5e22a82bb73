//! A program that uses every public type of the runtime, as a VMM would: it makes options, looks at facts, and tells variants
//! apart.

use quirk_runtime::capability::{Kind, Shown, Space};
use quirk_runtime::chain::{Capability, Step, Walk};
use quirk_runtime::free_space::{Fault, Form, FreeSpace, Header};
use quirk_runtime::lookup::{DeviceMatch, LayerMatch, NearMatch};
use quirk_runtime::overlay::{AtsControl, ClaimError, Lock, PasidControl, PriControl, Register, SavedError};
use quirk_runtime::saved::Layout;
use quirk_runtime::{
    AccessError, AttachError, ByteRange, Candidate, Condition, ConfigAccess, ConfigRead, Database, Decision, Effect,
    EntryName, Evidence, Finding, Function, Grant, Hidden, HostPasid, Identity, ImageError, ImposeError, Intent,
    InvalidWidth, LayerChoice, LayerEntry, LayerReason, LoadError, Native, NearMiss, Operator, ParamValue, Placement,
    Policy, PowerChange, PowerState, Reason, Refusal, Reset, Source, Sources, TrappedMirrors, Unassigned,
    VirtualConfig, Window, WriteClass,
};

pub const HOST: HostPasid = HostPasid::new(16).with_execute(true).with_privileged(true).with_ats_not_supported(false);
const HIDDEN: &[Hidden] = &[Hidden::new(0x1b, 1, 0x200, 8)];
pub const LOCK: Lock = Lock::new(0x414, 1);
const PARAMS: &[(&str, ParamValue<'_>)] = &[("count", ParamValue::Unsigned(4)), ("id", ParamValue::Bytes(b"x"))];
const LAYERS: &[LayerChoice<'_>] = &[LayerChoice::new("gpudirect_clique", PARAMS)];
const WINDOWS: &[Window] = &[Window::new(0, 0x8_8000, 0x1000)];

pub const POLICY: Policy<'_> = Policy::DEFAULT
    .with_sources(Sources::ALL.without(Source::Dvsec))
    .with_least_evidence(Evidence::Driver)
    .with_least_evidence_unless_zero(Evidence::Datasheet)
    .with_operator(Operator::Ranges(&[ByteRange::new(0x400, 0x500)]))
    .with_tail(false)
    .with_native(Native::Confirmed)
    .with_profile(Some("frozen"))
    .with_layers(LAYERS)
    .with_disabled_layers(&["std_lockdown"])
    .with_trapped_mirrors(TrappedMirrors::Within(WINDOWS))
    .with_vmm_owned(&[ByteRange::new(0xb0, 0xbc)])
    .with_confirmed(HIDDEN)
    .with_viommu_width(Some(20))
    .with_what_if(false)
    .with_raw(false)
    .with_scan_gaps(false)
    .with_expose_free_space(true);

pub fn identity(header: &[u8; 64]) -> Identity {
    let Identity { vendor, device, .. } = Identity::from_header(header);
    Identity::new(vendor, device)
        .with_subsystem(Some((vendor, 1)))
        .with_revision(1)
        .with_class(0x03_0000)
        .with_function(Function::Physical)
}

pub fn host() -> Result<u8, InvalidWidth> {
    let width = HostPasid::from_hw_info(20, 6).map_err(|InvalidWidth { width, .. }| HostPasid::from_hw_info(width, 0));
    Ok(width.ok().flatten().map_or(0, |HostPasid { width, .. }| width))
}

pub fn attach<D: ConfigAccess>(device: D, databases: &[Database<'_>], identity: &Identity) -> Option<usize> {
    let config = match VirtualConfig::attach(device, databases, identity, Some(HOST), &POLICY) {
        Ok(config) => config,
        Err(AttachError::Device(_) | AttachError::TooSmall(_)) => return None,
        Err(_) => return Some(0),
    };
    read(&config);
    Some(decision(config.decision()) + usize::from(layout(&config.layout())))
}

fn decision(decision: &Decision<'_>) -> usize {
    let Decision { placement, grant, candidates, findings, entry, near_miss, layers, .. } = decision;
    let place = match placement {
        Some(Placement {
            offset,
            source: Source::Visible | Source::Operator | Source::Profile | Source::Entry,
            ..
        }) => usize::from(*offset),
        Some(Placement { offset, .. }) => usize::from(*offset) + 1,
        None => 0,
    };
    let Grant { width, .. } = grant;
    let refused = candidates.iter().filter(|Candidate { reason, .. }| is_free(*reason)).count();
    let odd = findings.iter().filter(|finding| matches!(finding, Finding::DeviceGone)).count() + findings.overflow();
    let named = entry.map_or(0, |EntryName { name, .. }| name.len());
    let near = near_miss.map_or(0, |NearMiss { condition, .. }| usize::from(is_function(&condition)));
    let on = layers.iter().filter(|LayerEntry { refused, .. }| refused.is_none_or(|reason| is_kind(&reason))).count();
    place + usize::from(*width) + refused + odd + named + near + on
}

fn is_free(reason: Reason) -> bool {
    match reason {
        Reason::Free => true,
        Reason::Visible { at } => at == 0x100,
        _ => false,
    }
}

fn is_kind(reason: &LayerReason<'_>) -> bool {
    match reason {
        LayerReason::ParamKind { param } => param.is_empty(),
        _ => false,
    }
}

fn is_function(condition: &Condition) -> bool {
    match condition {
        Condition::Function { .. } => true,
        _ => false,
    }
}

fn layout(Layout { grant, placement, .. }: &Layout) -> u8 {
    grant.width + u8::from(*placement == Some(Placement::new(0x400, Source::Entry)))
}

fn read<D: ConfigAccess>(config: &VirtualConfig<'_, D>) -> u8 {
    let mut bytes = [0; 4];
    match config.read(0, &mut bytes) {
        Ok(()) => bytes[0],
        Err(AccessError::OutOfRange { offset, .. }) => offset as u8,
        Err(AccessError::Device(_)) => 1,
        Err(_) => 2,
    }
}

pub fn effect(effect: Effect) -> u8 {
    match effect {
        Effect::PasidControl(PasidControl { enable, execute, .. }) => u8::from(enable) + u8::from(execute),
        Effect::AtsControl(AtsControl { stu, .. }) => stu,
        Effect::PriControl(PriControl { reset, .. }) => u8::from(reset),
        Effect::FunctionReset => 9,
        _ => u8::from(effect == Effect::PasidControl(PasidControl::from_bits(1))),
    }
}

pub fn reset(reset: Reset) -> &'static str {
    match reset {
        Reset::Flr => "flr",
        Reset::Bus => "bus",
        Reset::D3Hot => "d3hot",
        Reset::Cold => "cold",
        _ => "another",
    }
}

pub fn imposed<E>(error: &ImposeError<E>) -> &'static str {
    match error {
        ImposeError::Attach(_) => "attach",
        ImposeError::Identity { .. } => "identity",
        ImposeError::Refused { refusal: Refusal::Placement(_), .. } => "placement",
        ImposeError::Refused { refusal: Refusal::Overlay(SavedError::Contents), .. } => "contents",
        _ => "another",
    }
}

pub fn words(class: WriteClass, rule: Unassigned, evidence: Evidence) -> [bool; 3] {
    let class = match class {
        WriteClass::Ro => true,
        _ => false,
    };
    let rule = match rule {
        Unassigned::Deny => true,
        _ => false,
    };
    let evidence = match evidence {
        Evidence::None | Evidence::Dump => false,
        _ => true,
    };
    [class, rule, evidence]
}

pub fn failed(load: &LoadError, claim: &ClaimError, image: ImageError, fault: Fault) -> [bool; 4] {
    [
        matches!(load, LoadError::Checksum { .. }),
        matches!(claim, ClaimError::Collision { .. }),
        matches!(image, ImageError::ReadOnly),
        matches!(fault, Fault::Truncated) || fault.code().is_empty(),
    ]
}

pub fn walk<D: ConfigRead>(device: &D) -> u16 {
    let mut sum = 0;
    for step in Walk::extended(device).flatten() {
        match step {
            Step::Capability(Capability { id, offset, .. }) => sum += id + offset,
            Step::Finding(_) => sum += 1,
            _ => {}
        }
    }
    sum
}

pub fn kind(space: Space, id: u16) -> Option<&'static str> {
    let Kind { name, shown, .. } = Kind::by_id(space, id)?;
    match shown {
        Shown::Never => None,
        Shown::Always => Some(name),
        _ => Some(""),
    }
}

pub fn free(offset: u16, bytes: [u8; 8]) -> u16 {
    let header = Header::from_bytes(bytes);
    let Header { length, .. } = header;
    match FreeSpace::decode(offset, &bytes, Form::Table) {
        Ok(FreeSpace::Gap(gap)) => gap.end,
        Ok(FreeSpace::Table(_)) => length,
        Ok(_) => 1,
        Err(_) => 0,
    }
}

pub fn found(one: DeviceMatch, two: LayerMatch, three: NearMatch) -> u32 {
    let DeviceMatch { index, .. } = one;
    let LayerMatch { rank, .. } = two;
    let NearMatch { database, .. } = three;
    index + u32::from(rank) + database as u32
}

pub fn known(function: Function) -> bool {
    match function {
        Function::Unknown => false,
        Function::Physical | Function::Virtual => true,
        _ => true,
    }
}

pub fn verdict(verdict: quirk_runtime::Verdict) -> bool {
    match verdict {
        quirk_runtime::Verdict::Chosen => true,
        _ => false,
    }
}

pub fn before<D: ConfigAccess>(config: &VirtualConfig<'_, D>, offset: u16, data: &[u8]) -> u8 {
    let Intent { function_reset, power, memory_space, .. } = config.intent(offset, data);
    let power = match power {
        Some(PowerChange { to: PowerState::D3Hot, .. }) => 3,
        Some(PowerChange { resets, .. }) => u8::from(resets),
        None => 0,
    };
    u8::from(function_reset) + power + u8::from(memory_space == Some(true))
}

pub fn table<D>(config: &VirtualConfig<'_, D>) -> u32 {
    config.overlay().registers().map(|Register { mask, value, .. }| mask ^ value).fold(0, u32::wrapping_add)
}
