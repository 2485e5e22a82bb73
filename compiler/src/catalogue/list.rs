//! Every rule by its code: the folder in `compiler/src/rules` with what it says and its examples, how bad it is to break it, and
//! whether `allow` may silence it. What no text can break is `unshown`. Codes are never used again for something else.

rules! {
    // Syntax.
    UNEXPECTED_TOKEN = 101 unexpected_token Error;
    MISSING_SEMICOLON = 102 missing_semicolon Error;
    COMMA_FOR_SEMICOLON = 103 comma_for_semicolon Error;
    STRAY_SEMICOLON = 104 stray_semicolon Error;
    UNKNOWN_ITEM = 105 unknown_item Error;
    UNKNOWN_STATEMENT = 106 unknown_statement Error;
    UNCLOSED_BLOCK = 107 unclosed_block Error;
    UNMATCHED_BRACE = 108 unmatched_brace Error;
    UNCLOSED_TEXT = 109 unclosed_text Error;
    BLOCK_COMMENT = 110 block_comment Error;
    UNEXPECTED_CHARACTER = 111 unexpected_character Error;
    HEX_WITHOUT_PREFIX = 112 hex_without_prefix Error;
    MALFORMED_NUMBER = 113 malformed_number Error;
    NUMBER_TOO_LARGE = 114 number_too_large Error;
    DIGIT_GROUPS = 115 digit_groups Error;
    BAD_ESCAPE = 116 bad_escape Error;
    BAD_CHARACTER = 117 bad_character Error;
    RANGE_OPERATOR = 118 range_operator Error;
    EQUALS_OPERATOR = 119 equals_operator Error;
    NESTING_TOO_DEEP = 120 nesting_too_deep Error;
    EXPRESSION_TOO_LONG = 121 expression_too_long Error;
    MISPLACED_DOC = 122 misplaced_doc Error;
    UNKNOWN_ATTRIBUTE = 123 unknown_attribute Error;
    REPEATED_WORD = 124 repeated_word Error;
    UNKNOWN_TYPE = 125 unknown_type Error;
    FILE_TOO_LARGE = 126 file_too_large Error unshown;
    HASH_COMMENT = 127 hash_comment Error;
    CARRIAGE_RETURN = 128 carriage_return Error;
    TEXT_DIRECTION = 129 text_direction Error;

    // Files, names and numbers.
    MISSING_EDITION = 201 missing_edition Error;
    UNSUPPORTED_EDITION = 202 unsupported_edition Error;
    EDITION_NOT_FIRST = 203 edition_not_first Error;
    FILE_NOT_FOUND = 204 file_not_found Error;
    USE_CYCLE = 205 use_cycle Error;
    DUPLICATE_NAME = 206 duplicate_name Error;
    UNKNOWN_NAME = 207 unknown_name Error;
    WRONG_KIND = 208 wrong_kind Error;
    NAME_CYCLE = 209 name_cycle Error;
    ARITHMETIC = 210 arithmetic Error;
    DOES_NOT_FIT = 211 does_not_fit Error;
    EMPTY_RANGE = 212 empty_range Error;
    UNKNOWN_WORD = 213 unknown_word Error;
    MISSING_STATEMENT = 214 missing_statement Error;
    DUPLICATE_STATEMENT = 215 duplicate_statement Error;
    EMPTY_TEXT = 216 empty_text Error;
    UNKNOWN_RULE = 217 unknown_rule Error;
    CANNOT_ALLOW = 218 cannot_allow Error;
    UNUSED_ALLOW = 219 unused_allow Warning;
    NOT_SUPPORTED_YET = 220 not_supported_yet Error unshown;
    RESERVED_NAME = 221 reserved_name Error;
    UNUSED_SOURCE = 222 unused_source Warning;
    DECIMAL_ID = 223 decimal_id Warning;

    // Layout.
    OUT_OF_BOUNDS = 301 out_of_bounds Error;
    OVERLAP = 302 overlap Error silenceable;
    MISALIGNED = 303 misaligned Error;
    LENGTH_TOO_SHORT = 304 lengths/length_too_short Error silenceable;
    LENGTH_TOO_LONG = 305 lengths/length_too_long Error silenceable;
    DUPLICATE_OFFSET = 306 duplicate_offset Error;
    MISSING_EVIDENCE = 307 missing_evidence Error;
    WITHOUT_MISSES = 308 without_misses Error;
    UNKNOWN_CAPABILITY = 309 unknown_capability Error;
    LENGTH_NEEDED = 310 length_needed Error;
    CAPABILITY_ARGUMENTS = 311 capability_arguments Error;
    ALIAS_DISTANCE = 312 alias_distance Error;
    WEAK_EVIDENCE = 313 weak_evidence Error;
    LAYOUT_ON_COPY = 314 layout_on_copy Error;
    CAPABILITY_TWICE = 315 capability_twice Warning silenceable;
    FREE_LIST_HEAD = 316 free_list_head Warning silenceable;
    FREE_EVERYWHERE = 317 free_everywhere Warning silenceable;
    PCIE_MISSING = 318 pcie_missing Warning silenceable;

    // Capabilities, DVSEC and PASID.
    PASID_NOT_FREE = 401 places/pasid_not_free Error;
    PASID_HAS_NO_ROOM = 402 pasid_has_no_room Error;
    PASID_WIDTH = 403 pasid_width Error;
    NO_NATIVE_SLOT = 404 places/no_native_slot Error;
    VIRTUAL_FUNCTION_HAS_NO_PASID = 405 virtual_function_has_no_pasid Error;
    DVSEC_TOO_SHORT = 406 lengths/dvsec_too_short Error;
    SAME_ID_ABUTS = 407 same_id_abuts Warning silenceable;
    DVSEC_NOT_FREE = 408 places/dvsec_not_free Error;
    DVSEC_HAS_NO_ROOM = 409 dvsec_has_no_room Error;
    PLACED_ABUTS = 410 emulations/placed_abuts Error;
    PROFILE_EXCEEDS_DEVICE = 411 profiles/profile_exceeds_device Error;
    PROFILE_DIFFERS = 412 profiles/profile_differs Error;
    RELEASED_PROFILE_BROKEN = 413 profiles/released_profile_broken Error;

    // Matching and layers.
    MATCHERS_AMBIGUOUS = 501 matchers_ambiguous Error;
    MATCHER_SHADOWED = 502 matcher_shadowed Error silenceable;
    MATCHES_NOTHING = 503 matches_nothing Error;
    CONDITION_TWICE = 504 condition_twice Error;
    MATCH_TOO_WIDE = 505 match_too_wide Error;
    CONFIG_GUARD = 506 config_guard Error;
    LAYERS_COLLIDE = 507 layers_collide Error silenceable;
    PARTIAL_BYTE_BLOCKS_WRITES = 508 partial_byte_blocks_writes Warning silenceable;
    FIELD_OUT_OF_CAPABILITY = 509 anchors/field_out_of_capability Error;
    FIELD_ON_HEADER = 510 field_on_header Error;
    FIELDS_OVERLAP = 511 fields_overlap Error;
    FIELD_IN_FREE = 512 field_in_free Error;
    WRITE_CLASS = 513 write_class Error;
    VALUE_MAY_NOT_FIT = 514 value_may_not_fit Error;
    UNUSED_PARAM = 515 unused_param Error;
    FIELD_FORM = 516 field_form Error;
    EMULATION_OVERLAPS = 517 emulations/emulation_overlaps Error;
    LAYER_HAS_NO_ROOM = 518 layer_has_no_room Error silenceable;
    FIELD_OF_HIDDEN = 519 anchors/field_of_hidden Error;
    EMULATES_PASID = 520 emulates_pasid Error;
    NULL_ID = 521 null_id Error;
    OVER_REGISTER = 522 over_register Error;
    FIELD_ON_PASID = 523 field_on_pasid Error;
    LAYER_ON_COPY = 524 emulations/layer_on_copy Warning;
    ANCHOR_AMBIGUOUS = 525 anchors/anchor_ambiguous Error silenceable;
    LAYER_NEAR_OPEN_LENGTH = 526 emulations/layer_near_open_length Warning silenceable;
    EXCEPTION_CHANGES_NOTHING = 527 exception_changes_nothing Warning silenceable;
    VENDOR_OF_NONE = 528 vendor_of_none Warning silenceable;
    LOCK_UNKNOWN = 529 lock_unknown Error;

    // Tests.
    MISSING_TEST = 601 missing_test Warning silenceable;
    PARAM_VALUE = 602 param_value Error;
    UNKNOWN_OUTCOME = 603 unknown_outcome Error;
    WRONG_POLICY = 604 wrong_policy Error;
    ABSENT_NOT_OPTIONAL = 605 absent_not_optional Error;
    EFFECT_WITHOUT_WRITE = 606 effect_without_write Error;

    // Input.
    UNREADABLE_FILE = 901 unreadable_file Error;
    NOT_TEXT = 902 not_text Error unshown;
    NO_FILES = 903 no_files Error unshown;
    CONFIGURATION_SYNTAX = 904 configuration_syntax Error;
    UNKNOWN_CONFIGURATION = 905 unknown_configuration Error;
    SETTING_VALUE = 906 setting_value Error;
    CONFIGURED_RULE = 907 configured_rule Error;
}
