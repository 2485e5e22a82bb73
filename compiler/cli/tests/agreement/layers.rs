//! What the C output leaves out: layers, profiles and places on devices, as lines in which the outputs are compared.

use quirk_runtime::Database;
use quirk_runtime::tables::{
    Allow, Device, Emulation, Field, Hide, Layer, List, Mirror, Over, Param, Profile, ProfileEntry, ValueKind,
    WriteClass, program,
};

/// Values that every parameter takes in turn, cut to its bits.
pub(crate) const TRIED: [u64; 4] = [0, 1, 0x5a5a_1234_9bcd_ef07, u64::MAX];

/// All facts.
pub(crate) fn of(database: Database<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for device in database.all::<Device>() {
        for allocation in database.list(device.allocations) {
            let layer: Layer = database.record(allocation.layer).unwrap();
            let index = allocation.emulation - layer.emulations.start;
            assert!(index < layer.emulations.count, "{allocation:?} is of another layer");
            let (device, layer) = (database.text(device.name), database.text(layer.name));
            lines.push(format!("allocation {device} {layer} {index} at {}", allocation.offset));
        }
    }
    lines.extend(database.all::<Profile>().flat_map(|found| profile(database, &found)));
    lines.extend(database.all::<Layer>().flat_map(|found| layer(database, &found)));
    lines
}

fn profile(database: Database<'_>, profile: &Profile) -> Vec<String> {
    let device: Device = database.record(profile.device).unwrap();
    let text = |text| database.text(text);
    let mut lines = vec![format!(
        "profile {} {} of {} pasid {} width {} execute {} privileged {} released {:?}",
        text(profile.name),
        text(profile.source),
        text(device.name),
        profile.pasid,
        profile.width,
        profile.execute,
        profile.privileged,
        text(profile.released),
    )];
    lines.extend(
        database
            .list(profile.entries)
            .map(|ProfileEntry { extended, id, offset }| format!("frozen {extended} {id} at {offset}")),
    );
    lines
}

fn layer(database: Database<'_>, layer: &Layer) -> Vec<String> {
    let (name, source) = (database.text(layer.name), database.text(layer.source));
    let mut lines = vec![format!(
        "layer {name} {source} default {} unassigned {} port {} pin {}",
        layer.default_on, layer.unassigned as u8, layer.port_type, layer.pin_resizable_bar
    )];
    for Over { layer } in database.list(layer.over) {
        lines.push(format!("over {}", database.text(database.record::<Layer>(layer).unwrap().name)));
    }
    for Param { name, kind, size } in database.list(layer.params) {
        lines.push(format!("param {} {} {size}", database.text(name), kind as u8));
    }
    for emulation in database.list(layer.emulations) {
        lines.push(self::emulation(database, &emulation));
        lines.extend(database.list(emulation.fields).map(|found| field(database, &found, layer.params)));
    }
    for hide in database.list(layer.hides) {
        let Hide { extended, id, sub_vendor, sub_id, has_sub_id, offset } = hide;
        lines.push(format!("hide {extended} {id} sub {has_sub_id} {sub_vendor}:{sub_id} at {offset}"));
    }
    for Mirror { bar, offset, length, config } in database.list(layer.mirrors) {
        lines.push(format!("mirror {bar} at {offset} length {length} config {config}"));
    }
    for Allow { start, end, writable } in database.list(layer.allows) {
        lines.push(format!("allow {start}..{end} {writable}"));
    }
    lines
}

fn emulation(database: Database<'_>, emulation: &Emulation) -> String {
    let evidence: Vec<&str> = database.list(emulation.evidence).map(|claim| database.text(claim.text)).collect();
    let places: Vec<u16> = database.list(emulation.alternatives).map(|place| place.offset).collect();
    format!(
        "emulation {} id {} version {} length {} sub {} {}:{} free {} at {places:?} over {} by {evidence:?}",
        emulation.kind as u8,
        emulation.id,
        emulation.version,
        emulation.length,
        emulation.has_sub_id,
        emulation.sub_vendor,
        emulation.sub_id,
        emulation.in_free,
        emulation.over_register,
    )
}

fn field(database: Database<'_>, field: &Field, params: List<Param>) -> String {
    let value = match field.value_kind {
        ValueKind::Program => results(database, database.list_bytes(field.value), params),
        ValueKind::Bytes => database.list_bytes(field.value).iter().map(|byte| format!("{byte:02x}")).collect(),
        ValueKind::Device => "device".to_owned(),
        ValueKind::Param => {
            format!("param {}", database.text(database.list(params).nth(field.param.into()).unwrap().name))
        }
    };
    let forced = match field.class {
        WriteClass::Forced => results(database, database.list_bytes(field.forced), params),
        _ => String::new(),
    };
    let (anchor, class) = (field.anchor as u8, field.class as u8);
    let mask = if field.length > 4 { 0 } else { field.mask };
    format!(
        "field {anchor} {} sub {} {}:{} at {} length {} mask {mask} class {class} = {value} forced {forced} lock {} {}",
        field.anchor_id,
        field.has_sub_id,
        field.sub_vendor,
        field.sub_id,
        field.offset,
        field.length,
        field.lock,
        field.lock_bits
    )
}

/// What a program computes with each of the tried values.
fn results(database: Database<'_>, code: &[u8], params: List<Param>) -> String {
    let result = |tried: u64| {
        let given = |index: u8| {
            let param = database.list(params).nth(index.into())?;
            Some(tried & u64::MAX >> (64 - param.size))
        };
        program::run(code, given).unwrap()
    };
    format!("{:?}", TRIED.map(result))
}
