//! What a dword can be on the map.

use anstyle::{AnsiColor, Color, Style};

macro_rules! roles {
    ($($(#[$meta:meta])* $name:ident = $letter:literal, $word:literal, $label:literal, $style:expr;)*) => {
        /// What lies at a dword.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Role {
            $($(#[$meta])* $name,)*
        }

        impl Role {
            /// All, in the order of the legend.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its character.
            #[must_use]
            pub const fn letter(self) -> char {
                match self {
                    $(Self::$name => $letter,)*
                }
            }

            /// A name for programs: it is never changed.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// What the legend says.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$name => $label,)*
                }
            }

            /// How it looks on a terminal.
            #[must_use]
            pub const fn style(self) -> Style {
                match self {
                    $(Self::$name => $style,)*
                }
            }
        }
    };
}

const fn plain(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(colour)))
}

roles! {
    /// The 64 bytes of the header.
    Header = 'h', "header", "header", Style::new();
    /// A conventional capability.
    Conventional = 'c', "conventional", "conventional capability", plain(AnsiColor::Blue);
    /// The header of an extended capability.
    ExtendedHeader = 'E', "extended-header", "header of an extended capability", plain(AnsiColor::Cyan).bold();
    /// The body of an extended capability.
    Extended = 'e', "extended", "its body", plain(AnsiColor::Cyan);
    /// A capability that the kernel hides.
    Hidden = 'k', "hidden", "capability that the kernel hides", plain(AnsiColor::Magenta);
    /// What looks like a capability that nobody linked.
    Suspected = '?', "suspected", "looks like an unlinked capability", plain(AnsiColor::Magenta);
    /// Registers that a description declares.
    Register = 'r', "register", "declared register", plain(AnsiColor::Red);
    /// Bytes that a description reserves.
    Reserved = 'x', "reserved", "reserved", plain(AnsiColor::Red);
    /// Bytes that a description declares free.
    Free = 'f', "free", "declared free", plain(AnsiColor::Green);
    /// In no capability, and not 0.
    Live = '+', "live", "in no capability, not 0", plain(AnsiColor::Yellow);
    /// In no capability, reads 0: that does not make it free.
    Zero = '.', "zero", "in no capability, reads 0", Style::new().dimmed();
    /// The virtual PASID capability.
    Pasid = 'P', "pasid", "virtual PASID capability", plain(AnsiColor::Green).bold();
}
