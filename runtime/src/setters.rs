//! Builders of structures that may grow: each field has a `with_` method, usable in constants.

/// Declares `with_FIELD` methods.
macro_rules! setters {
    ($type:ident: $($(#[$meta:meta])* $name:ident => $field:ident: $value:ty,)*) => {
        $(
            #[doc = concat!("The same with another [`", stringify!($field), "`](", stringify!($type), "::", stringify!($field), ").")]
            $(#[$meta])*
            #[must_use]
            pub const fn $name(mut self, $field: $value) -> Self {
                self.$field = $field;
                self
            }
        )*
    };
}

pub(crate) use setters;
