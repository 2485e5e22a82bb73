//! Layers as data, for the model, and as the text that they are compiled from.

use quirk_kit::{patch, unchecked};
use quirk_runtime::tables::{Allow, Anchor, Emulation, EmulationKind, Hide, Layer, Unassigned, WriteClass};

/// The initial value of a field.
#[derive(Clone, Debug)]
pub(crate) enum Init {
    Number(u64),
    Bytes(Vec<u8>),
    Device,
}

/// A field.
#[derive(Clone, Debug)]
pub(crate) struct FieldSketch {
    pub(crate) anchor: Anchor,
    pub(crate) anchor_id: u16,
    pub(crate) offset: u16,
    pub(crate) length: u16,
    pub(crate) mask: u32,
    pub(crate) class: WriteClass,
    pub(crate) init: Init,
}

/// One `emulate`.
#[derive(Clone, Debug)]
pub(crate) struct EmulationSketch {
    pub(crate) kind: EmulationKind,
    pub(crate) id: u16,
    pub(crate) length: u16,
    pub(crate) sub: Option<(u16, u16)>,
    pub(crate) places: Vec<u16>,
    pub(crate) fields: Vec<FieldSketch>,
}

/// A layer.
#[derive(Clone, Debug)]
pub(crate) struct Sketch {
    pub(crate) name: &'static str,
    pub(crate) rank: u8,
    pub(crate) emulations: Vec<EmulationSketch>,
    pub(crate) hides: Vec<Hide>,
    pub(crate) unassigned: Unassigned,
    pub(crate) allows: Vec<Allow>,
    pub(crate) port_type: u8,
    pub(crate) over: Vec<u32>,
}

const fn word(class: WriteClass) -> &'static str {
    match class {
        WriteClass::Ro => "ro",
        WriteClass::Rw => "rw",
        WriteClass::Rw1c => "rw1c",
        WriteClass::Rws => "rws",
        WriteClass::Ros => "ros",
        WriteClass::Rw1cs => "rw1cs",
        WriteClass::HwInit => "hwinit",
        WriteClass::RsvdP => "rsvdp",
        _ => "",
    }
}

impl FieldSketch {
    fn text(&self) -> String {
        let class = word(self.class);
        let at = match self.anchor {
            Anchor::Space | Anchor::Owner => format!("{}", self.offset),
            Anchor::Capability => format!("cap {} + {}", self.anchor_id, self.offset),
            Anchor::Extended => format!("ext {} + {}", self.anchor_id, self.offset),
        };
        match (&self.init, self.length) {
            (Init::Bytes(bytes), _) => format!("bytes @ {at} {bytes:?} {class};"),
            (Init::Device, 6) => format!("bytes @ {at} len 6 = device {class};"),
            (init, length) => {
                let value = if let Init::Number(value) = init { value.to_string() } else { "device".to_owned() };
                format!("u{} @ {at} mask {} = {value} {class};", 8 * length, self.mask)
            }
        }
    }
}

impl EmulationSketch {
    fn text(&self) -> String {
        let fields = self.fields.iter().map(FieldSketch::text);
        let space = match self.kind {
            EmulationKind::Fields => return fields.map(|field| format!("emulate {field} ")).collect(),
            EmulationKind::Capability => "cap",
            EmulationKind::Extended => "ext",
        };
        // One that does not say whose it is no text gives: that is taken away afterwards.
        let (vendor, id) = self.sub.unwrap_or((1, 1));
        let arguments = match self.id {
            0x0b => format!("(id: {id})"),
            0x23 => format!("(vendor: {vendor}, id: {id})"),
            _ => String::new(),
        };
        let (places, fields) = (&self.places, fields.collect::<String>());
        format!("emulate {space} {:#x}{arguments} @ {places:?} len {} {{ {fields} }} ", self.id, self.length)
    }
}

impl Sketch {
    fn text(&self, names: &[&str]) -> String {
        let vendor = if self.rank & 2 != 0 { "0xfffe" } else { "any" };
        let function = if self.rank & 1 != 0 { "function physical;" } else { "" };
        let mut block: String = self.emulations.iter().map(EmulationSketch::text).collect();
        for hide in &self.hides {
            let space = if hide.extended { "ext" } else { "cap" };
            let sub = if hide.has_sub_id {
                format!("(vendor: {}, id: {})", hide.sub_vendor, hide.sub_id)
            } else {
                String::new()
            };
            block += &format!("hide {space} {}{sub}; ", hide.id);
        }
        let rule = match self.unassigned {
            Unassigned::Raw => "raw",
            Unassigned::ReadOnly => "read_only",
            Unassigned::Deny => "deny",
            _ => "",
        };
        if !rule.is_empty() {
            let word = |allow: &Allow| if allow.writable { "rw" } else { "ro" };
            let allows =
                self.allows.iter().map(|each| format!("allow @ {}..{} {}; ", each.start, each.end, word(each)));
            block += &format!("unassigned {rule} {{ {} }} ", allows.collect::<String>());
        }
        block.extend(self.over.iter().map(|&over| format!("over {}; ", names[over as usize])));
        format!("layer {} {{ match pci({vendor}, any) {{ {function} }} default on; {block} }} ", self.name)
    }
}

/// The tables of layers, which are in the order of their names.
pub(crate) fn tables(sketches: &[Sketch]) -> Vec<u8> {
    let names: Vec<&str> = sketches.iter().map(|sketch| sketch.name).collect();
    let mut tables = unchecked(&sketches.iter().map(|sketch| sketch.text(&names)).collect::<String>());
    let mut emulation = 0;
    for (index, sketch) in sketches.iter().enumerate() {
        patch(&mut tables, index, |layer: &mut Layer| layer.port_type = sketch.port_type);
        for each in &sketch.emulations {
            if each.kind != EmulationKind::Fields && each.sub.is_none() {
                patch(&mut tables, emulation, |record: &mut Emulation| {
                    (record.has_sub_id, record.sub_vendor, record.sub_id) = (false, 0, 0);
                });
            }
            // Each field is an `emulate` of its own in the text.
            emulation += if each.kind == EmulationKind::Fields { each.fields.len() } else { 1 };
        }
    }
    tables
}
