//! From the structures of C to what the runtime asks for: every value is checked, and refused with its name.

use quirk_runtime::{
    ByteRange, Evidence, Function, Hidden, HostPasid, Identity, LayerChoice, Native, Operator, ParamValue, Policy,
    Source, Sources, TrappedMirrors, Window,
};

use crate::abi::{
    QUIRK_POLICY_AT_OFFSET, QUIRK_POLICY_EXPOSE_FREE_SPACE, QUIRK_POLICY_NEVER_NATIVE, QUIRK_POLICY_TAIL,
    QUIRK_POLICY_TRAPS_MIRRORS, QUIRK_POLICY_VIOMMU_WIDTH, QuirkHidden, QuirkHost, QuirkIdentity, QuirkLayer,
    QuirkParam, QuirkPolicy, QuirkRange, QuirkWindow,
};
use crate::boundary::Caller;
use crate::status::Failure;

const FLAGS: u32 = QUIRK_POLICY_AT_OFFSET
    | QUIRK_POLICY_VIOMMU_WIDTH
    | QUIRK_POLICY_TAIL
    | QUIRK_POLICY_NEVER_NATIVE
    | QUIRK_POLICY_TRAPS_MIRRORS
    | QUIRK_POLICY_EXPOSE_FREE_SPACE;

pub(crate) fn identity(raw: &QuirkIdentity) -> Result<Identity, Failure> {
    let function = match raw.kind {
        0 => Function::Unknown,
        1 => Function::Physical,
        2 => Function::Virtual,
        kind => return Err(Failure::invalid(format!("`kind` of the identity is {kind}"))),
    };
    if raw.class_code >= 1 << 24 {
        return Err(Failure::invalid(format!("`class_code` {:#x} has more than 24 bits", raw.class_code)));
    }
    if raw.has_subsystem > 1 || raw.reserved != 0 {
        return Err(Failure::invalid("`has_subsystem` of the identity is 0 or 1, and `reserved` is 0"));
    }
    Ok(Identity::new(raw.vendor, raw.device)
        .with_subsystem((raw.has_subsystem == 1).then_some((raw.subsystem_vendor, raw.subsystem_device)))
        .with_revision(raw.revision)
        .with_class(raw.class_code)
        .with_function(function))
}

/// The identity in the header of a configuration space.
pub(crate) fn from_header(header: &[u8; 64]) -> QuirkIdentity {
    let Identity { vendor, device, subsystem, revision, class, .. } = Identity::from_header(header);
    let (subsystem_vendor, subsystem_device) = subsystem.unwrap_or_default();
    QuirkIdentity {
        struct_size: size_of::<QuirkIdentity>(),
        vendor,
        device,
        subsystem_vendor,
        subsystem_device,
        class_code: class,
        revision,
        has_subsystem: subsystem.is_some().into(),
        kind: 0,
        reserved: 0,
    }
}

pub(crate) fn host(raw: &QuirkHost) -> Result<Option<HostPasid>, Failure> {
    if raw.reserved != [0; 7] {
        return Err(Failure::invalid("`reserved` of the host's facts is 0"));
    }
    HostPasid::from_hw_info(raw.out_max_pasid_log2, raw.out_capabilities).map_err(Failure::invalid)
}

/// What a [`Policy`] borrows.
#[derive(Debug, Default)]
pub(crate) struct PolicyParts<'a> {
    flags: u32,
    excluded: u32,
    offset: u16,
    viommu_width: u8,
    least_evidence: u8,
    ranges: Vec<ByteRange>,
    profile: Option<&'a str>,
    layers: Vec<(&'a str, Vec<(&'a str, ParamValue<'a>)>)>,
    disabled_layers: Vec<&'a str>,
    windows: Vec<Window>,
    vmm_owned: Vec<ByteRange>,
    hidden: Vec<Hidden>,
}

impl<'a> PolicyParts<'a> {
    pub(crate) fn read(caller: &Caller<'a>, raw: &QuirkPolicy) -> Result<Self, Failure> {
        if raw.flags & !FLAGS != 0 {
            return Err(Failure::invalid(format!("`flags` {:#x} of the policy has unknown bits", raw.flags)));
        }
        if raw.excluded_sources >= 1 << Source::ALL.len() || raw.reserved != 0 {
            return Err(Failure::invalid("`excluded_sources` of the policy has unknown bits, or `reserved` is not 0"));
        }
        let names = caller.slice(raw.disabled_layers, raw.disabled_layer_count, "disabled_layers")?;
        let layers = caller.slice(raw.layers, raw.layer_count, "layers")?;
        let windows = caller.slice(raw.windows, raw.window_count, "windows")?;
        let hidden = caller.slice(raw.hidden, raw.hidden_count, "hidden")?;
        Ok(Self {
            flags: raw.flags,
            excluded: raw.excluded_sources,
            offset: raw.offset,
            viommu_width: raw.viommu_width,
            least_evidence: raw.least_evidence,
            ranges: ranges(caller.slice(raw.ranges, raw.range_count, "ranges")?)?,
            profile: caller.text_or_none(raw.profile, "profile")?,
            layers: layers.iter().map(|each| layer(caller, each)).collect::<Result<_, _>>()?,
            disabled_layers: names
                .iter()
                .map(|&name| caller.text(name, "disabled_layers"))
                .collect::<Result<_, _>>()?,
            windows: windows.iter().map(window).collect::<Result<_, _>>()?,
            vmm_owned: ranges(caller.slice(raw.vmm_owned, raw.vmm_owned_count, "vmm_owned")?)?,
            hidden: hidden.iter().map(hidden_capability).collect::<Result<_, _>>()?,
        })
    }

    /// Calls `use_it` with the policy, which borrows from here and from a list of layers.
    pub(crate) fn with<T>(&self, use_it: impl FnOnce(&Policy<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        let has = |flag: u32| self.flags & flag != 0;
        let layers: Vec<_> = self.layers.iter().map(|(name, params)| LayerChoice::new(name, params)).collect();
        let operator = match (has(QUIRK_POLICY_AT_OFFSET), self.ranges.is_empty()) {
            (true, true) => Operator::Offset(self.offset),
            (false, false) => Operator::Ranges(&self.ranges),
            (false, true) => Operator::None,
            (true, false) => return Err(Failure::invalid("the policy has both `offset` and `ranges`")),
        };
        let trapped_mirrors = match (has(QUIRK_POLICY_TRAPS_MIRRORS), self.windows.is_empty()) {
            (true, _) => TrappedMirrors::All,
            (false, false) => TrappedMirrors::Within(&self.windows),
            (false, true) => TrappedMirrors::None,
        };
        let sources = Source::ALL.into_iter().filter(|&source| self.excluded >> source as u32 & 1 != 0);
        let native = if has(QUIRK_POLICY_NEVER_NATIVE) { Native::Never } else { Native::Confirmed };
        let policy = Policy::DEFAULT
            .with_sources(sources.fold(Sources::ALL, Sources::without))
            .with_least_evidence(evidence(self.least_evidence)?)
            .with_operator(operator)
            .with_tail(has(QUIRK_POLICY_TAIL))
            .with_native(native)
            .with_profile(self.profile)
            .with_layers(&layers)
            .with_disabled_layers(&self.disabled_layers)
            .with_trapped_mirrors(trapped_mirrors)
            .with_vmm_owned(&self.vmm_owned)
            .with_confirmed(&self.hidden)
            .with_viommu_width(has(QUIRK_POLICY_VIOMMU_WIDTH).then_some(self.viommu_width))
            .with_expose_free_space(has(QUIRK_POLICY_EXPOSE_FREE_SPACE));
        use_it(&policy)
    }
}

fn evidence(level: u8) -> Result<Evidence, Failure> {
    Ok(match level {
        0 => Evidence::None,
        1 => Evidence::Dump,
        2 => Evidence::Probe,
        3 => Evidence::Driver,
        4 => Evidence::Vendor,
        5 => Evidence::Datasheet,
        _ => return Err(Failure::invalid(format!("`least_evidence` of the policy is {level}"))),
    })
}

fn ranges(raw: &[QuirkRange]) -> Result<Vec<ByteRange>, Failure> {
    let range = |&QuirkRange { start, end }: &QuirkRange| {
        if start >= end {
            return Err(Failure::invalid(format!("the range {start:#x}..{end:#x} of the policy is empty")));
        }
        Ok(ByteRange::new(start, end))
    };
    raw.iter().map(range).collect()
}

fn window(&QuirkWindow { offset, length, bar, reserved }: &QuirkWindow) -> Result<Window, Failure> {
    if bar > 5 || reserved != [0; 7] {
        return Err(Failure::invalid("`bar` of a window is 0 to 5, and `reserved` is 0"));
    }
    Ok(Window::new(bar, offset, length))
}

fn hidden_capability(&QuirkHidden { id, offset, length, version, reserved }: &QuirkHidden) -> Result<Hidden, Failure> {
    if reserved != 0 {
        return Err(Failure::invalid("`reserved` of a hidden capability is 0"));
    }
    Ok(Hidden::new(id, version, offset, length))
}

type Layer<'a> = (&'a str, Vec<(&'a str, ParamValue<'a>)>);

fn layer<'a>(caller: &Caller<'a>, raw: &QuirkLayer) -> Result<Layer<'a>, Failure> {
    let params = caller.slice(raw.params, raw.param_count, "params")?;
    let params = params.iter().map(|each| param(caller, each)).collect::<Result<_, _>>()?;
    Ok((caller.text(raw.name, "name of a layer")?, params))
}

fn param<'a>(caller: &Caller<'a>, raw: &QuirkParam) -> Result<(&'a str, ParamValue<'a>), Failure> {
    let name = caller.text(raw.name, "name of a parameter")?;
    if raw.bytes.is_null() && raw.length == 0 {
        return Ok((name, ParamValue::Unsigned(raw.number)));
    }
    if raw.number != 0 {
        return Err(Failure::invalid(format!("the parameter `{name}` has both `bytes` and `number`")));
    }
    Ok((name, ParamValue::Bytes(caller.bytes(raw.bytes, raw.length, "bytes of a parameter")?)))
}
