static DATABASE: quirk_runtime::Database<'static> = quirk_macros::quirks! {
    edition 1;

    /// A data mover.
    device mover {
        name "Example Mover";
        match pci(0xfffe, 0x1001);
        layout {
            ext aer @ 0x100;
            ext ats @ 0x110;
            ext pri @ 0x222
        }
        free @ 0x500..0x400 { evidence vendr "letter"; }
        pasid { place fre; }
    }
};

fn main() {
    let _ = DATABASE;
}
