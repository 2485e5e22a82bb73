/*
 * The version of the types and functions below; it changes when one of them changes its meaning or
 * goes.
 */
#define QUIRK_HEADER_VERSION 1

/* Who vouches for a claim, weakest first. */
enum quirk_evidence {
	QUIRK_EVIDENCE_NONE,
	QUIRK_EVIDENCE_DUMP,		/* seen; never proof that a byte is free */
	QUIRK_EVIDENCE_PROBE,		/* measured on the device */
	QUIRK_EVIDENCE_DRIVER,		/* read in a driver */
	QUIRK_EVIDENCE_VENDOR,		/* told by the vendor */
	QUIRK_EVIDENCE_DATASHEET	/* printed in a datasheet */
};

enum quirk_layout_kind {
	QUIRK_LAYOUT_CAPABILITY,	/* conventional */
	QUIRK_LAYOUT_EXTENDED,
	QUIRK_LAYOUT_REGISTER,		/* registers outside every capability */
	QUIRK_LAYOUT_RESERVED		/* bytes that must not be used */
};

enum quirk_layout_flags {
	QUIRK_LAYOUT_LENGTH_STATED = 1,	/* written, not taken from the capability's rule */
	QUIRK_LAYOUT_OPTIONAL = 2,	/* may be absent */
	QUIRK_LAYOUT_INHERITED = 4,	/* the evidence was given for another device */
	QUIRK_LAYOUT_HAS_SUB_ID = 8	/* sub_vendor and sub_id were given */
};

/* What lies where. */
struct quirk_layout {
	const char *label;		/* of a register; else "" */
	uint16_t offset;
	uint16_t length;		/* bytes */
	uint16_t id;			/* capability id; 0 for registers and reserved bytes */
	uint16_t sub_vendor;		/* of a DVSEC */
	uint16_t sub_id;		/* of a DVSEC or VSEC */
	uint8_t kind;			/* enum quirk_layout_kind */
	uint8_t flags;			/* enum quirk_layout_flags */
	uint8_t evidence;		/* enum quirk_evidence: the strongest */
};

/* Bytes that the vendor declared free: start <= byte < end. */
struct quirk_free {
	uint16_t start;
	uint16_t end;
	uint8_t evidence;		/* enum quirk_evidence: the strongest */
};

enum quirk_place_kind {
	QUIRK_PLACE_FREE,		/* chosen by the compiler from the free ranges */
	QUIRK_PLACE_NATIVE,		/* the physical function's own, hidden capability */
	QUIRK_PLACE_AT			/* as the description says */
};

/* A place for the PASID capability. */
struct quirk_place {
	uint16_t offset;
	uint8_t kind;			/* enum quirk_place_kind */
	uint8_t evidence;		/* enum quirk_evidence: the strongest for its bytes */
};

enum quirk_form {
	QUIRK_FORM_PER_GAP,		/* the DVSEC lies at a gap, and its length covers it */
	QUIRK_FORM_TABLE		/* the DVSEC holds a table of ranges */
};

/*
 * A free-space DVSEC to emulate. `bytes` is what a read gives from `offset` on, with 0 as the
 * offset of the next capability: the program that links it into the chain sets bits 31:20 of the
 * first dword. What `length` covers after `bytes` reads 0. Nothing of it can be written.
 */
struct quirk_dvsec {
	const uint8_t *bytes;
	uint16_t bytes_length;
	uint16_t offset;
	uint16_t length;		/* as its header says */
	uint16_t vendor;
	uint16_t id;
	uint8_t revision;
	uint8_t form;			/* enum quirk_form */
};

enum quirk_permission {
	QUIRK_PERMISSION_HOST,		/* as the host has it */
	QUIRK_PERMISSION_DENY		/* never */
};

/* One kind of function. */
struct quirk_device {
	const char *name;		/* identifier in the description */
	const char *title;		/* what the vendor calls it */
	const char *source;		/* file:line of the description */
	const struct quirk_layout *layout;
	const struct quirk_free *free;
	const struct quirk_place *places;	/* for PASID, best first; none: nothing is said */
	const struct quirk_dvsec *dvsecs;
	uint32_t layout_count;
	uint32_t free_count;
	uint32_t place_count;
	uint32_t dvsec_count;
	uint16_t aliased_every;		/* extended space repeats at this distance; 0: no */
	uint8_t max_width;		/* widest PASID */
	uint8_t execute;		/* enum quirk_permission */
	uint8_t privileged;		/* enum quirk_permission */
	uint8_t port_type;		/* of PCI Express Capabilities; 0xff: not stated */
	uint8_t distrust_dvsec;		/* a free-space DVSEC of the device itself is wrong */
	uint8_t pasid_none;		/* the device must not have PASID, whatever is asked */
};

/* Ids: those with first <= (id & mask) <= last. */
struct quirk_ids {
	uint16_t mask;
	uint16_t first;
	uint16_t last;
};

/* A condition on the device's bytes: the little-endian value at offset, masked, equals value. */
struct quirk_guard {
	uint32_t mask;
	uint32_t value;
	uint16_t offset;
	uint8_t width;			/* bytes: 1, 2 or 4 */
};

enum quirk_function {
	QUIRK_FUNCTION_ANY,		/* in an identity: not known */
	QUIRK_FUNCTION_PHYSICAL,
	QUIRK_FUNCTION_VIRTUAL
};

/*
 * A set of functions that a device is; all conditions must hold. Of several that do, the one of
 * highest rank counts.
 */
struct quirk_clause {
	const struct quirk_device *owner;
	const struct quirk_guard *guards;
	uint32_t guard_count;
	uint32_t class_mask;		/* 24 bits */
	uint32_t class_value;
	struct quirk_ids vendor;
	struct quirk_ids device;
	struct quirk_ids subsystem_vendor;
	struct quirk_ids subsystem_device;
	struct quirk_ids revision;
	uint8_t function;		/* enum quirk_function */
	uint8_t rank;
};

/*
 * Who a function is. The ids of a virtual function are those that the system gives it: its own
 * bytes read 0xffff.
 */
struct quirk_identity {
	uint32_t class_code;		/* 24 bits */
	uint16_t vendor;
	uint16_t device;
	uint16_t subsystem_vendor;
	uint16_t subsystem_device;
	uint8_t has_subsystem;		/* it has the two: header type 0 */
	uint8_t revision;
	uint8_t function;		/* enum quirk_function */
};

/*
 * Reads `width` bytes (1, 2 or 4) of the device's configuration space, little-endian, into `value`.
 * Gives 1 if they were read, 0 if the space ends before, and anything below 0 if they could not be
 * read.
 */
typedef int quirk_read_fn(void *context, uint16_t offset, uint8_t width, uint32_t *value);
