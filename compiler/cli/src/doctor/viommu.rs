//! The vIOMMU of the guest, and how to give it what it lacks.

use std::fmt;
use std::str::FromStr;

use quirk_runtime::MAX_WIDTH;

/// What kind it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Model {
    /// VT-d: QEMU's `intel-iommu`.
    Intel,
    /// Arm: QEMU's `arm-smmuv3`.
    Smmuv3,
    /// QEMU's `amd-iommu`.
    Amd,
    /// `virtio-iommu`.
    Virtio,
}

/// A vIOMMU and what was switched on in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Viommu {
    pub(super) model: Model,
    /// The width of its PASIDs; `None` without PASID.
    pub(super) pasid: Option<u8>,
    pub(super) ats: bool,
    pub(super) pri: bool,
}

const MODELS: [(&str, Model); 4] =
    [("intel", Model::Intel), ("smmuv3", Model::Smmuv3), ("amd", Model::Amd), ("virtio", Model::Virtio)];

impl Model {
    const fn name(self) -> &'static str {
        match self {
            Self::Intel => "intel",
            Self::Smmuv3 => "smmuv3",
            Self::Amd => "amd",
            Self::Virtio => "virtio",
        }
    }

    /// The device's name in QEMU.
    pub(super) const fn device(self) -> &'static str {
        match self {
            Self::Intel => "intel-iommu",
            Self::Smmuv3 => "arm-smmuv3",
            Self::Amd => "amd-iommu",
            Self::Virtio => "virtio-iommu",
        }
    }
}

impl Viommu {
    /// Whether a guest can have PASID with it at all: its driver must enable it, and its emulation must have it.
    pub(super) const fn has_pasid(&self) -> bool {
        matches!(self.model, Model::Intel | Model::Smmuv3) && matches!(self.pasid, Some(1..))
    }
}

/// What to state on the command line.
pub(super) const STATE: &str = "say what the guest has with `--viommu MODEL[,pasid=WIDTH][,ats][,pri]`";

/// The option with everything that a guest's PASID, ATS and PRI need; of a model that has no such option, one that has.
pub(super) const fn full_option(model: Option<Model>) -> &'static str {
    match model {
        Some(Model::Smmuv3) => "QEMU: `-device arm-smmuv3,primary-bus=pcie.0,accel=on,ssidsize=20,ats=on`",
        _ => {
            "QEMU: `-device intel-iommu,intremap=on,caching-mode=on,scalable-mode=on,fsts=on,pasid-bits=20,device-iotlb=on,svm=on`"
        }
    }
}

impl FromStr for Viommu {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = text.split(',');
        let name = words.next().unwrap_or_default();
        let model = MODELS.iter().find(|(known, _)| *known == name).map(|(_, model)| *model);
        let model = model.ok_or_else(|| {
            let known: Vec<_> = MODELS.iter().map(|(known, _)| format!("`{known}`")).collect();
            format!("the vIOMMU `{name}` is not known, only {}", known.join(", "))
        })?;
        let mut viommu = Self { model, pasid: None, ats: false, pri: false };
        for word in words {
            let is_new = match word.split_once('=') {
                None if word == "ats" => !std::mem::replace(&mut viommu.ats, true),
                None if word == "pri" => !std::mem::replace(&mut viommu.pri, true),
                Some(("pasid", width)) => {
                    let width = width.parse().ok().filter(|width| (1..=MAX_WIDTH).contains(width));
                    let width = width.ok_or_else(|| format!("expected `pasid=WIDTH` of 1 to {MAX_WIDTH} bits"))?;
                    viommu.pasid.replace(width).is_none()
                }
                _ => return Err(format!("`{word}` is not known here, expected `pasid=WIDTH`, `ats` or `pri`")),
            };
            if !is_new {
                return Err(format!("`{word}` is given twice"));
            }
        }
        if viommu.pri && !viommu.ats {
            return Err("`pri` needs `ats`: page requests are for addresses that ATS did not translate".to_owned());
        }
        Ok(viommu)
    }
}

impl fmt::Display for Viommu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.model.name())?;
        if let Some(width) = self.pasid {
            write!(f, ",pasid={width}")?;
        }
        f.write_str(if self.ats { ",ats" } else { "" })?;
        f.write_str(if self.pri { ",pri" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viommu_reads_back_as_it_is_written() {
        for text in ["intel", "intel,pasid=20,ats,pri", "smmuv3,pasid=1", "amd,ats", "virtio"] {
            assert_eq!(text.parse::<Viommu>().map(|viommu| viommu.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "vtd", "intel,", "intel,pasid", "intel,pasid=0", "intel,pasid=21", "intel,pri", "amd,ats,ats"]
        {
            assert!(text.parse::<Viommu>().is_err(), "{text}");
        }
    }

    #[test]
    fn pasid_needs_a_width_and_a_model_that_has_it() {
        let has = |text: &str| text.parse::<Viommu>().is_ok_and(|viommu| viommu.has_pasid());
        assert!(has("intel,pasid=1") && has("smmuv3,pasid=20"));
        assert!(!has("intel") && !has("amd,pasid=20") && !has("virtio,pasid=20"));
    }
}
